"""辅助核算: customers, suppliers, departments, projects, employees and stock of a client, and which accounts ask for them."""

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, written
from zhangfang_core.ledger.dimensions import next_item_code
from zhangfang_core.ledger.items.merging import merge
from zhangfang_core.ledger.items.usage import alike, used
from zhangfang_core.ledger.rules import KIND_TITLES
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.dimensions import DimensionItem, Dimensions
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import DimensionKind
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, Page, action, go, page

SHOWN = 500
FIELDS = {"code": 40, "name": 120, "tax_id": 20, "unit": 20}
NOT_ASKED, OFFERED, REQUIRED = "", "offered", "required"


@page("/dimensions", of=CLIENT, permission="ledger.read")
async def items_page(kind: str = "customer", q: str = "") -> Page:
    """Items of a kind; ``q`` is part of a code, name or tax id."""
    return await _items(_kind(kind), q=q.strip()[:60])


@action("/dimensions", of=CLIENT, permission="ledger.draft")
async def add_form(data: Form) -> Redirect | Page:
    kind = _kind(written(data, "kind", 12))
    typed = {name: written(data, name, longest) for name, longest in FIELDS.items()}
    try:
        await use(Dimensions).add(
            client_in_scope(), kind, typed["code"], typed["name"], tax_id=typed["tax_id"], unit=typed["unit"]
        )
    except Refusal as refusal:
        return await _items(kind, refusal=refusal, typed=typed)
    return go(here(f"/dimensions?kind={kind.value}"))


@page("/dimensions/{dimension_item_id:int}", of=CLIENT, permission="ledger.read")
async def item_page(dimension_item_id: int, into: int | None = None) -> Page:
    """What an item is, where it is used, and what may be done with it; ``into`` is the item that it may be one with."""
    return await _item(dimension_item_id, into=into)


@action("/dimensions/{dimension_item_id:int}", of=CLIENT, permission="ledger.draft")
async def change_form(dimension_item_id: int, data: Form) -> Redirect | Page:
    """Rename; "retired" closes ("1") or takes up again ("0")."""
    item = await _called(dimension_item_id)
    retired = written(data, "retired", 1)
    try:
        await use(Dimensions).change(
            item.id,
            name=written(data, "name", 120) if "name" in data else None,
            tax_id=written(data, "tax_id", 20) if "tax_id" in data else None,
            unit=written(data, "unit", 20) if "unit" in data else None,
            retired=retired == "1" if retired else None,
        )
    except Refusal as refusal:
        return await _item(item.id, refusal)
    return go(here(f"/dimensions/{item.id}"))


@action("/dimensions/{dimension_item_id:int}/merge", of=CLIENT, permission="ledger.draft")
async def merge_form(dimension_item_id: int, data: Form) -> Redirect | Page:
    """``into`` is the id, code or name of the item that stays."""
    item = await _called(dimension_item_id)
    text = written(data, "into", 120)
    others = await use(Dimensions).items(item.client, item.kind)
    into = next((o for o in others if text in (o.name, o.code)), None)
    try:
        if into is None:
            raise Refusal("ledger.item_unknown", f"没有叫“{text[:20]}”的{KIND_TITLES[item.kind]}。", field="into")
        await merge(item.id, into.id)
    except Refusal as refusal:
        return await _item(item.id, refusal)
    return go(here(f"/dimensions/{into.id}"))


@action("/accounts/{code:str}/dimensions", of=CLIENT, permission="ledger.draft", examples={"code": "1122"})
async def kinds_form(code: str, data: Form) -> Redirect:
    """What lines of an account may and must carry: each kind "offered", "required" or nothing."""
    asked = {kind: written(data, kind.value, 8) for kind in DimensionKind}
    offered = [kind for kind, how in asked.items() if how in (OFFERED, REQUIRED)]
    required = [kind for kind, how in asked.items() if how == REQUIRED]
    await use(Dimensions).require_kinds(client_in_scope(), code, offered, required)
    return go(here(f"/accounts/{code}"))


def _kind(text: str) -> DimensionKind:
    try:
        return DimensionKind(text)
    except ValueError:
        raise Refusal("ledger.dimension_unknown", "没有这种辅助核算。", status=400, field="kind") from None


async def _called(id_: int) -> DimensionItem:
    found = next((i for i in await use(Dimensions).items(client_in_scope()) if i.id == id_), None)
    if found is None:
        raise not_found("辅助核算项目")
    return found


async def _items(
    kind: DimensionKind, q: str = "", refusal: Refusal | None = None, typed: dict[str, str] | None = None
) -> Page:
    client = client_in_scope()
    every = await use(Dimensions).items(client, kind)
    shown = [i for i in every if q in i.code or q.lower() in i.name.lower() or (q and q in i.tax_id)]
    return Page(
        "ledger/dimensions.html",
        title="辅助核算",
        active="accounts",
        status_code=200 if refusal is None else refusal.status,
        kind=kind.value,
        kinds=[(k.value, KIND_TITLES[k]) for k in DimensionKind],
        title_of_kind=KIND_TITLES[kind],
        items=shown[:SHOWN],
        found=len(shown),
        used=await used(client, kind=kind),
        alike=alike(every),
        q=q,
        refusal=refusal,
        typed={"code": next_item_code(every), "name": "", "tax_id": "", "unit": ""} | (typed or {}),
    )


async def _item(id_: int, refusal: Refusal | None = None, into: int | None = None) -> Page:
    item = await _called(id_)
    others = [o for o in await use(Dimensions).items(item.client, item.kind) if o.id != item.id]
    return Page(
        "ledger/dimension.html",
        title=item.name,
        active="accounts",
        status_code=200 if refusal is None else refusal.status,
        item=item,
        title_of_kind=KIND_TITLES[item.kind],
        uses=(await used(item.client, item=item.id)).get(item.id, []),
        others=[o for o in others if not o.retired],
        merged=next((o for o in others if o.id == item.merged_into), None),
        twins=[o for o in others if o.merged_into == item.id],
        into=next((o.name for o in others if o.id == into), ""),
        refusal=refusal,
    )


HANDLERS: list[HTTPRouteHandler] = [items_page, add_form, item_page, change_form, merge_form, kinds_form]
