"""Client files of the firm, and going from one place to another."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from litestar.params import FromQuery
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, Req, as_sent
from zhangfang_core.ledger.charts import load_chart, standards
from zhangfang_core.tenancy.fact_forms import fact_in
from zhangfang_core.tenancy.fact_values import checked
from zhangfang_core.tenancy.fact_wording import industries, taxpayers
from zhangfang_core.tenancy.finding import LONGEST, SHOWN, found, recent_clients
from zhangfang_core.tenancy.profile_pages import HANDLERS as PROFILE
from zhangfang_core.web.own_paths import stands_for_all
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.industries import INDUSTRIES
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import at, here
from zhangfang_sdk.profile import FactKind, FactSource, NewFact
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page


@page("/clients", of=FIRM, permission="clients.read")
async def clients_page(
    request: Req, q: FromQuery[str] = "", to: FromQuery[str] = "", go_on: FromQuery[bool] = False
) -> Page | Redirect:
    """Those that the actor may see; ``q`` is looked for in name, pinyin initials and tax id. ``to`` is the page of the client to go to, ``/vouchers``.

    ``go_on``: asked from the switcher, the only one that fits is gone to at once.
    """
    words = q.strip()[:LONGEST]
    clients = found(await use(Clients).clients(), words)
    if go_on and words and len(clients) == 1:
        return go(at(clients[0].id, _page_of_client(request, to)))
    return Page(
        "tenancy/clients.html",
        title="客户档案",
        active="clients",
        clients=clients,
        words=words,
        to=_page_of_client(request, to),
        kinds=taxpayers(),
        industries=industries(),
        waiting=Counter(f.client for f in await use(Clients).waiting()) if scope().may("profile.read") else {},
    )


@page("/clients/find", of=FIRM, permission="clients.read")
async def find_client(request: Req, q: FromQuery[str] = "", to: FromQuery[str] = "") -> Page:
    """A fragment for the switcher: the first that fit, those of this browser's last pages before the others."""
    recent = recent_clients(request.cookies.get(f"recent_{firm_in_scope()}", ""))
    fit = found(await use(Clients).clients(), q, recent)
    return Page(
        "tenancy/found.html",
        fragment=True,
        clients=fit[:SHOWN],
        more=len(fit) > SHOWN,
        words=q.strip()[:LONGEST],
        to=_page_of_client(request, to),
    )


def _page_of_client(request: Req, asked: str) -> str:
    """``asked`` ("/vouchers?period=2026-11") when every client has such a page, else "": their home."""
    return asked if asked.isprintable() and stands_for_all(request.app, CLIENT, asked.partition("?")[0]) else ""


DEFAULT_STANDARD = "small_business_2013"
LICENCE = (
    FactKind.LEGAL_REPRESENTATIVE,
    FactKind.REGISTERED_CAPITAL,
    FactKind.FOUNDED_ON,
    FactKind.REGISTERED_ADDRESS,
    FactKind.BUSINESS_SCOPE,
)
LICENCE_FIELDS = (*(kind.value for kind in LICENCE), "area")


@page("/clients/new", of=FIRM, permission="clients.manage")
async def new_client_page() -> Page:
    return _new_client_page({"books_start": Period.current().key}, None)


@action("/clients/new", of=FIRM, permission="clients.manage")
async def new_client_form(data: Form) -> Page | Redirect:
    """Takes the client on with its chart of accounts, and opens it."""
    named = ("name", "tax_id", "taxpayer_kind", "industry", "books_start", *LICENCE_FIELDS)
    fields = {name: as_sent(data, name) for name in named}
    fields["standard"] = as_sent(data, "standard") or DEFAULT_STANDARD
    try:
        client = await use(Clients).take_on(_new_client(fields))
    except Refusal as refusal:
        # Objections come before anything was written, so that the page may be answered in the same transaction.
        return _new_client_page(fields, refusal)
    return go(at(client))


def _new_client(fields: dict[str, str]) -> NewClient:
    if fields["taxpayer_kind"] not in list(TaxpayerKind):
        raise Refusal("client.kind_unknown", "请选择纳税人身份。", field="taxpayer_kind")
    if fields["industry"] not in INDUSTRIES:
        raise Refusal("client.industry_unknown", "请选择行业。", field="industry")
    if fields["standard"] not in standards():
        raise Refusal("ledger.standard_unknown", "没有这套会计准则的科目表,请重新选择。", field="standard")
    try:
        start: dt.date = Period.parse(fields["books_start"]).first_day
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, field="books_start") from refusal
    return NewClient(
        name=fields["name"],
        tax_id=fields["tax_id"],
        taxpayer_kind=TaxpayerKind(fields["taxpayer_kind"]),
        industry=fields["industry"],
        books_start=start,
        standard=fields["standard"],
        facts=tuple(_licence_facts(fields, start)),
    )


def _licence_facts(fields: dict[str, str], start: dt.date) -> Iterator[NewFact]:
    """What was filled in of the licence, holding from the books' start on; a fault is told at the field of the form."""
    for kind in LICENCE:
        if not fields[kind.value]:
            continue
        sent: dict[str, Any] = {
            "value": fields[kind.value],
            "area": fields["area"],
            "valid_from": start.isoformat(),
            "source": FactSource.BUSINESS_LICENCE.value,
        }
        try:
            yield checked(fact_in(kind, sent))
        except Refusal as refusal:
            field = "area" if refusal.field == "area" else kind.value
            raise Refusal(refusal.code, refusal.sentence, field=field) from refusal


def _new_client_page(fields: dict[str, str], refusal: Refusal | None) -> Page:
    errors = {} if refusal is None else {refusal.field or "": refusal.sentence}
    return Page(
        "tenancy/new_client.html",
        title="新增客户",
        active="clients",
        back=here("/clients"),
        fields={
            "name": "",
            "tax_id": "",
            "taxpayer_kind": "small_scale",
            "industry": "services",
            "standard": DEFAULT_STANDARD,
            **dict.fromkeys(LICENCE_FIELDS, ""),
            **fields,
        },
        errors=errors,
        licence_fields=LICENCE_FIELDS,
        kinds=[(kind.value, text) for kind, text in taxpayers().items()],
        industries=list(industries().items()),
        standards=[(key, load_chart(key).title) for key in reversed(standards())],
    )


HANDLERS = [clients_page, find_client, new_client_page, new_client_form, *PROFILE]
