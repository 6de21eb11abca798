"""资产卡片: 折旧明细表 of a month, a card with its changes, registering and disposing."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, day_in, number, written
from zhangfang_core.ledger.assets.purchases import Purchase, purchases
from zhangfang_core.ledger.assets.schedule import amount_of, written_off
from zhangfang_core.ledger.assets.sheets import schedule_sheet, sums
from zhangfang_core.ledger.assets.write_offs import METHODS
from zhangfang_core.ledger.months import months_offered
from zhangfang_sdk.assets import Asset, AssetCategory, AssetKind, AssetMonth, Assets, Estimate, Method, NewAsset
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.downloads import XLSX, download
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.excel import excel
from zhangfang_sdk.ledger import Account, Ledger
from zhangfang_sdk.money import fen, yuan
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import half_width
from zhangfang_sdk.web import CLIENT, Page, action, go, page

KIND_TITLES = {AssetKind.FIXED: "固定资产", AssetKind.INTANGIBLE: "无形资产", AssetKind.PREPAID: "长期待摊费用"}
MONTHS_AHEAD = 12
TEN_THOUSAND = 10_000
CARD_FIELDS = (
    *("name", "cost", "residual", "in_use_from", "months", "method", "units", "asset_account", "written_off_account"),
    *("expense_account", "written_off", "as_of"),
)


@page("/assets", of=CLIENT, permission="ledger.read")
async def assets_page(period: str | None = None) -> Page:
    """折旧明细表: each card at the month's end, by kind, and what was bought without a card."""
    client, month = client_in_scope(), Period.parse(period) if period else Period.current()
    found = await use(Assets).months(client, month)
    kinds = await use(Assets).categories(month.last_day)
    return Page(
        "ledger/assets.html",
        title="资产卡片",
        active="assets",
        groups=[(title, group, sums(group)) for kind, title in KIND_TITLES.items() if (group := _of(found, kind))],
        categories={c.key: c.title for c in kinds},
        methods=METHODS,
        bought=await purchases(client, sorted({c.asset_account for c in kinds}), month.plus(-MONTHS_AHEAD).first_day),
        month=month,
        months=await months_offered(client),
    )


@page("/assets/export", of=CLIENT, permission="ledger.read")
async def export(period: str | None = None) -> Response[bytes]:
    """折旧明细表 of a month as .xlsx: a sheet for each kind of asset."""
    client, month = client_in_scope(), Period.parse(period) if period else Period.current()
    found = await use(Assets).months(client, month)
    titles = {c.key: c.title for c in await use(Assets).categories(month.last_day)}
    about = (await use(Clients).client(client)).name, month.label, scope().user_name
    groups = [(title, _of(found, kind)) for kind, title in KIND_TITLES.items()]
    sheets = [schedule_sheet(title, group, titles, about) for title, group in groups if group]
    if not sheets:
        raise Refusal("asset.nothing", "这个月还没有资产卡片,没有可以导出的。", status=404)
    return download(excel(sheets), f"{about[0]} 折旧明细表 {month.key}.xlsx", XLSX)


@page("/assets/new", of=CLIENT, permission="ledger.draft")
async def new_page(category: str = "", voucher: int | None = None) -> Page:
    """A card to fill in: by its category, and from the voucher that bought it."""
    return await _registering(category, voucher)


async def _registering(
    category: str, voucher: int | None, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Page:
    """``typed`` as it was sent, where ``refusal`` says what is wrong with it."""
    client = client_in_scope()
    kinds = await use(Assets).categories(today())
    bought = await _bought(client, voucher, kinds) if voucher is not None else None
    chosen = _chosen(kinds, category, bought)
    leaves = [a for a in await use(Ledger).accounts(client) if a.is_leaf and not a.retired]
    return Page(
        "ledger/asset_new.html",
        title="登记资产",
        active="assets",
        status_code=200 if refusal is None else refusal.status,
        chosen=chosen,
        categories=[(c.key, c.title) for c in kinds],
        bought=bought,
        value=_suggested(chosen, bought) if typed is None else typed,
        errors={} if refusal is None else {refusal.field or "": refusal.sentence},
        methods=[(m.value, title) for m, title in METHODS.items()],
        asset_accounts=_options(leaves, (chosen.asset_account,)),
        written_off_accounts=_options(leaves, (chosen.written_off_account,)),
        expense_accounts=_expenses(leaves, chosen.kind),
    )


@action("/assets", of=CLIENT, permission="ledger.draft")
async def add_form(data: Form) -> Redirect | Page:
    """An empty residual value is the customary share of the cost."""
    voucher = await _own_voucher(written(data, "voucher", 18))
    try:
        card = await use(Assets).add(await _card_in(data, voucher))
    except Refusal as refusal:
        typed = {name: written(data, name, 120) for name in CARD_FIELDS}
        return await _registering(written(data, "category", 20), voucher, typed, refusal)
    return go(here(f"/assets/{card.id}"))


async def _card_in(data: dict[str, Any], voucher: int | None) -> NewAsset:
    kinds = {c.key: c for c in await use(Assets).categories(today())}
    category, cost = kinds.get(written(data, "category", 20)), _yuan(data, "cost")
    if category is None:
        raise Refusal("asset.wrong", "请选择资产类别。", field="category")
    as_of = written(data, "as_of", 7)
    return NewAsset(
        client_in_scope(),
        written(data, "name", 120),
        category.key,
        cost,
        _yuan(data, "residual") if written(data, "residual", 20) else _customary(cost, category),
        day_in(written(data, "in_use_from", 10), "in_use_from"),
        _count(data, "months"),
        _method(data),
        written(data, "asset_account", 20),
        written(data, "written_off_account", 20),
        written(data, "expense_account", 20),
        units=_count(data, "units"),
        voucher=voucher,
        written_off=_yuan(data, "written_off"),
        as_of=_month_in(as_of, "as_of") if as_of else None,
    )


@page("/assets/{fixed_asset_id:int}", of=CLIENT, permission="ledger.read")
async def asset_page(fixed_asset_id: int) -> Page:
    """The card: what it is, how it is written off, the months around now, and what may be changed."""
    return await _shown(await _card(fixed_asset_id))


async def _shown(card: Asset, refusal: Refusal | None = None) -> Page:
    now = Period.current()
    closed = await use(Ledger).closed_through(card.client)
    coming = [now.plus(n) for n in range(-2, MONTHS_AHEAD)]
    return Page(
        "ledger/asset.html",
        title=card.name,
        active="assets",
        status_code=200 if refusal is None else refusal.status,
        error="" if refusal is None else refusal.sentence,
        card=card,
        kind=KIND_TITLES[card.kind],
        categories={c.key: c.title for c in await use(Assets).categories(card.in_use_from)},
        methods=METHODS,
        offered=[(m.value, title) for m, title in METHODS.items()],
        ahead=[(m, amount_of(card, m), written_off(card, m)) for m in coming if m >= card.estimates[0].since],
        names={a.code: a.full_name for a in await use(Ledger).accounts(card.client)},
        following=(now if closed is None else max(closed.plus(1), card.estimates[-1].since.plus(1))),
        worked=dict(card.worked),
        today=today(),
    )


@action("/assets/{fixed_asset_id:int}/revise", of=CLIENT, permission="ledger.draft")
async def revise_form(fixed_asset_id: int, data: Form) -> Redirect | Page:
    card = await _card(fixed_asset_id)
    try:
        estimate = Estimate(
            _month_in(written(data, "since", 7), "since"),
            _method(data),
            _count(data, "months"),
            _yuan(data, "residual"),
            _count(data, "units"),
            reason=written(data, "reason", 200),
        )
        await use(Assets).revise(card.id, estimate)
    except Refusal as refusal:
        return await _shown(card, refusal)
    return go(here(f"/assets/{card.id}"))


@action("/assets/{fixed_asset_id:int}/work", of=CLIENT, permission="ledger.draft")
async def work_form(fixed_asset_id: int, data: Form) -> Redirect | Page:
    card = await _card(fixed_asset_id)
    try:
        await use(Assets).work(card.id, _month_in(written(data, "period", 7), "period"), _count(data, "units"))
    except Refusal as refusal:
        return await _shown(card, refusal)
    return go(here(f"/assets/{card.id}"))


@action("/assets/{fixed_asset_id:int}/dispose", of=CLIENT, permission="ledger.draft")
async def dispose_form(fixed_asset_id: int, data: Form) -> Redirect | Page:
    """Goes to the draft that takes it off the books."""
    card = await _card(fixed_asset_id)
    try:
        day = day_in(written(data, "date", 10), "date")
        draft = await use(Assets).dispose(card.id, day, written(data, "reason", 100))
    except Refusal as refusal:
        return await _shown(card, refusal)
    return go(here(f"/vouchers/{draft}"))


async def _card(id_: int) -> Asset:
    """One of the open client."""
    found = next((card for card in await use(Assets).assets(client_in_scope()) if card.id == id_), None)
    if found is None:
        raise not_found("资产卡片")
    return found


async def _bought(client: int, voucher: int, kinds: Sequence[AssetCategory]) -> Purchase:
    """The line of the voucher that bought something. Raises ``common.not_found``."""
    await _own_voucher(str(voucher))
    accounts = tuple(sorted({c.asset_account for c in kinds}))
    found = await use(Ledger).voucher(voucher)
    line = next((x for x in found.lines if x.debit > 0 and x.account.startswith(accounts)), None)
    if found.client != client or line is None:
        raise not_found("购置凭证")
    return Purchase(found.id, line.account, line.debit, found.date, line.summary or found.summary)


async def _own_voucher(text: str) -> int | None:
    id_ = number(text)
    if id_ is not None and (await use(Ledger).voucher(id_)).client != client_in_scope():
        raise not_found("凭证")
    return id_


def _chosen(kinds: Sequence[AssetCategory], key: str, bought: Purchase | None) -> AssetCategory:
    named = [c for c in kinds if c.key == key]
    fitting = [c for c in kinds if bought is not None and bought.account.startswith(c.asset_account)]
    return [*named, *fitting, *kinds][0]


def _suggested(chosen: AssetCategory, bought: Purchase | None) -> Mapping[str, str]:
    """What the form begins with."""
    found = {"in_use_from": today().isoformat(), "months": str(chosen.months), "method": Method.STRAIGHT_LINE.value}
    if bought is None:
        return found
    residual = yuan(_customary(bought.cost, chosen))
    found |= {"name": bought.summary, "cost": yuan(bought.cost), "residual": residual}
    return found | {"in_use_from": bought.date.isoformat(), "asset_account": bought.account}


def _customary(cost: int, category: AssetCategory) -> int:
    return cost * category.residual // TEN_THOUSAND


def _of(found: Sequence[AssetMonth], kind: AssetKind) -> list[AssetMonth]:
    return [m for m in found if m.asset.kind is kind]


def _options(accounts: Sequence[Account], codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(a.code, f"{a.code} {a.full_name}") for a in accounts if a.code.startswith(codes)]


def _expenses(accounts: Sequence[Account], kind: AssetKind) -> list[tuple[str, str]]:
    """Costs and expenses, those that are named for it first."""
    word = "折旧" if kind is AssetKind.FIXED else "摊销"
    borne = [a for a in accounts if a.category in ("profit_and_loss", "cost") and a.normal_balance == "debit"]
    ordered = sorted(borne, key=lambda a: (word not in a.name, a.code))
    return [(a.code, f"{a.code} {a.full_name}") for a in ordered]


def _yuan(data: dict[str, Any], name: str) -> int:
    """Fen; 0 for an empty field."""
    text = written(data, name, 20)
    try:
        return fen(text) if text else 0
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, field=name) from None


def _month_in(text: str, name: str) -> Period:
    try:
        return Period.parse(text)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, field=name) from None


def _method(data: dict[str, Any]) -> Method:
    try:
        return Method(written(data, "method", 20))
    except ValueError:
        raise Refusal("asset.wrong", "请选择折旧方法。", field="method") from None


def _count(data: dict[str, Any], name: str) -> int:
    text = half_width(written(data, name, 20))
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise Refusal("asset.wrong", "请填写整数。", field=name)
    return int(text)


HANDLERS: list[HTTPRouteHandler] = [
    assets_page,
    export,
    new_page,
    add_form,
    asset_page,
    revise_form,
    work_form,
    dispose_form,
]
