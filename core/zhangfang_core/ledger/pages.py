"""Vouchers and accounts as an accountant expects them, on the desk and on the phone, and what is done to them."""

from typing import Annotated, Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, day_in, written
from zhangfang_core.ledger import reading
from zhangfang_core.ledger.assets.pages import HANDLERS as ASSET_HANDLERS
from zhangfang_core.ledger.choice_pages import HANDLERS as CHOICE_HANDLERS
from zhangfang_core.ledger.funds_pages import HANDLERS as FUNDS_HANDLERS
from zhangfang_core.ledger.items.pages import HANDLERS as ITEM_HANDLERS
from zhangfang_core.ledger.months import month_asked, months_offered
from zhangfang_core.ledger.open_items.pages import HANDLERS as OPEN_ITEM_HANDLERS
from zhangfang_core.ledger.opening.pages import HANDLERS as OPENING_HANDLERS
from zhangfang_core.ledger.own_accounts.pages import HANDLERS as ACCOUNT_HANDLERS
from zhangfang_core.ledger.own_accounts.pages import below
from zhangfang_core.ledger.remark_sources import told_of, topics
from zhangfang_core.ledger.reviewing.pages import HANDLERS as REVIEW_HANDLERS
from zhangfang_core.ledger.rules import KIND_TITLES
from zhangfang_core.ledger.trial_balance import Figures, trial_balance
from zhangfang_core.ledger.writing.pages import HANDLERS as WRITING_HANDLERS
from zhangfang_core.ledger.writing.template_pages import HANDLERS as TEMPLATE_HANDLERS
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import DimensionKind, Ledger, VoucherState
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

PAGE = 50
ENTRIES_SHOWN = 500
STATES = [("", "全部"), ("draft", "待审核"), ("posted", "已记账"), ("discarded", "已作废")]
KINDS = {"opening": "期初", "normal": "", "closing": "结转", "reversal": "红冲"}

Req = Request[Any, Any, Any]
Sheet = Annotated[bool, QueryParameter(name="sheet")]


@page("/vouchers", of=(FIRM, CLIENT), permission="ledger.read", for_auditors="months")
async def vouchers_page(
    request: Req,
    period: str | None = None,
    voucher_state: Annotated[str | None, QueryParameter(name="state")] = None,
    q: str = "",
    before: int | None = None,
    part: str = "",
    sheet: Sheet = False,
) -> Page:
    """Vouchers newest first: a month ("all" for every month), a state, words of the summary or the label.

    At the firm those of all clients that the person sees, of every month and waiting for review unless asked otherwise.
    ``part=list`` answers with the list alone, for its refreshing.
    """
    client = scope().client
    if client is None:
        period, voucher_state = period or "all", "draft" if voucher_state is None else voucher_state
    month, voucher_state = _month_or_all(period), voucher_state or ""
    if voucher_state not in dict(STATES):
        raise Refusal("ledger.state_unknown", "没有这种凭证状态。", status=400, field="state")
    found = await reading.vouchers(
        client,
        period=month,
        state=VoucherState(voucher_state) if voucher_state else None,
        words=q.strip()[:60],
        limit=PAGE + 1,
        before=before,
    )
    live = part == "list"
    in_sheet = not live and _in_sheet(request, sheet)
    return Page(
        "ledger/voucher_list.html" if live else "ledger/vouchers_sheet.html" if in_sheet else "ledger/vouchers.html",
        title="凭证",
        active="vouchers",
        fragment=live or in_sheet,
        vouchers=found[:PAGE],
        following=found[PAGE - 1].id if len(found) > PAGE else None,
        month=month,
        months=await months_offered(client),
        names=await _client_names() if client is None else {},
        today=today(),
        state=voucher_state,
        states=STATES,
        words=q.strip()[:60],
        kinds=KINDS,
        closed=None if client is None else await use(Ledger).closed_through(client),
        before=before,
    )


@page("/vouchers/{voucher_id:int}", of=CLIENT, permission="ledger.read", for_auditors="page", seen_as="ledger.voucher_seen")
async def voucher_page(request: Req, voucher_id: int, sheet: Sheet = False) -> Page:
    """记账凭证: lines, totals, who drafted and posted, why these accounts, the original behind it (DASH-5)."""
    voucher = await use(Ledger).voucher(voucher_id)
    client = await use(Clients).client(voucher.client)
    names = {account.code: account.full_name for account in await use(Ledger).accounts(voucher.client)}
    documents = await use(Documents).documents([voucher.document]) if voucher.document is not None else ()
    asked = [id_ for id_ in (voucher.reverses, voucher.reversed_by) if id_ is not None]
    others = {other.id: other.label for other in await use(Ledger).vouchers_by_id(asked)}
    in_sheet = _in_sheet(request, sheet)
    return Page(
        "ledger/voucher_sheet.html" if in_sheet else "ledger/voucher.html",
        title=f"记账凭证 {voucher.label}",
        active="vouchers",
        fragment=in_sheet,
        voucher=voucher,
        client=client,
        names=names,
        document=documents[0] if documents and scope().may("documents.read") else None,
        others=others,
        remarks=(await told_of([voucher])).get(voucher.id, ()),
        topics=await topics(),
        cards=() if in_sheet else await use(Cards).shown("voucher", voucher.client, voucher.period.key),
        kinds=KINDS,
        today=today(),
        neighbours=await reading.neighbours(voucher),
    )


@action("/vouchers/{voucher_id:int}/post", of=CLIENT, permission="ledger.post")
async def post_form(voucher_id: int) -> Redirect:
    await use(Ledger).post(voucher_id)
    return go(here(f"/vouchers/{voucher_id}"))


@action("/vouchers/{voucher_id:int}/discard", of=CLIENT, permission="ledger.draft")
async def discard_form(voucher_id: int, data: Form) -> Redirect:
    await use(Ledger).discard(voucher_id, written(data, "reason", 255))
    return go(here(f"/vouchers/{voucher_id}"))


@action("/vouchers/{voucher_id:int}/reverse", of=CLIENT, permission="ledger.draft")
async def reverse_form(voucher_id: int, data: Form) -> Redirect:
    """Goes to the reversal's draft."""
    reversal = await use(Ledger).reverse(voucher_id, day_in(written(data, "date", 10)), written(data, "reason", 100))
    return go(here(f"/vouchers/{reversal}"))


@page("/accounts", of=CLIENT, permission="accounts.read", for_auditors="months")
async def accounts_page(request: Req, period: str | None = None, part: str = "", sheet: Sheet = False) -> Page:
    """科目余额表 of a month; each account leads to its entries. ``part=list`` answers with the table alone."""
    client, month = client_in_scope(), month_asked(period)
    rows = await trial_balance(client, month)
    total = Figures()
    for row in rows:
        if row.level == 1:
            total = total.plus(row.figures)
    ledger = use(Ledger)
    closed = await ledger.closed_through(client)
    whole = scope().accounts is None and scope().may("ledger.read")
    drafts = await reading.vouchers(client, period=month, state=VoucherState.DRAFT, limit=PAGE + 1) if whole else ()
    live = part == "list"
    in_sheet = not live and _in_sheet(request, sheet)
    return Page(
        "ledger/account_list.html" if live or in_sheet else "ledger/accounts.html",
        title="科目余额表",
        active="accounts",
        fragment=live or in_sheet,
        rows=rows,
        total=total if scope().accounts is None else None,
        month=month,
        months=await months_offered(client),
        closed=closed,
        running=month == Period.current(),
        drafts=len(drafts),
    )


@page("/accounts/{code:str}", of=CLIENT, permission="accounts.read", examples={"code": "1002"}, for_auditors="months")
async def account_page(
    request: Req, code: str, period: str | None = None, to: str | None = None, sheet: Sheet = False
) -> Page:
    """Entries of an account and all below it, of one month or from ``period`` to ``to``, with the balance before and after."""
    client, first = client_in_scope(), month_asked(period)
    last = Period.parse(to) if to else first
    if last < first:
        raise Refusal("period.backwards", "结束月份不能早于开始月份。", status=400, field="to")
    chart = {account.code: account for account in await use(Ledger).accounts(client)}
    if code not in chart:
        raise not_found("科目")
    opening, closing = await _around(client, code, first, last)
    entries = await use(Ledger).entries(client, code, first, last, limit=ENTRIES_SHOWN)
    in_sheet = _in_sheet(request, sheet)
    return Page(
        "ledger/account_sheet.html" if in_sheet else "ledger/account.html",
        title=chart[code].full_name,
        active="accounts",
        fragment=in_sheet,
        account=chart[code],
        chart=chart,
        kinds=[(kind.value, KIND_TITLES[kind]) for kind in DimensionKind],
        below=await below(client, chart[code], chart),
        entries=entries,
        cut=len(entries) == ENTRIES_SHOWN,
        opening=opening,
        closing=closing,
        month=first,
        last=last,
        months=await months_offered(client),
    )


@action("/periods/close", of=CLIENT, permission="ledger.close")
async def close_form(data: Form) -> Redirect:
    month = Period.parse(written(data, "period", 7))
    await use(Ledger).close_period(client_in_scope(), month, early=written(data, "early", 1) == "1")
    return go(here(f"/accounts?period={month.key}"))


@action("/periods/reopen", of=CLIENT, permission="ledger.close")
async def reopen_form(data: Form) -> Redirect:
    month = Period.parse(written(data, "period", 7))
    await use(Ledger).reopen_period(client_in_scope(), month, written(data, "reason", 200))
    return go(here(f"/accounts?period={month.key}"))


async def _around(client: int, code: str, first: Period, last: Period) -> tuple[int, int]:
    """Balance before ``first`` and after ``last``, debit positive."""
    opening = closing = 0
    for balance in await use(Ledger).balances(client, None, last):
        if balance.account.startswith(code):
            amount = balance.debit + balance.closing_debit - balance.credit - balance.closing_credit
            closing += amount
            if balance.period is None or balance.period < first:
                opening += amount
    return opening, closing


async def _client_names() -> dict[int, str]:
    return {client.id: client.name for client in await use(Clients).clients()}


def _month_or_all(key: str | None) -> Period | None:
    return None if key == "all" else month_asked(key)


def _in_sheet(request: Req, sheet: bool) -> bool:
    """Asked from a page, to be shown over it: no layout."""
    return sheet or request.headers.get("hx-request") == "true"


HANDLERS: list[HTTPRouteHandler] = [
    vouchers_page,
    voucher_page,
    post_form,
    discard_form,
    reverse_form,
    accounts_page,
    account_page,
    close_form,
    reopen_form,
    *ACCOUNT_HANDLERS,
    *ITEM_HANDLERS,
    *OPENING_HANDLERS,
    *WRITING_HANDLERS,
    *TEMPLATE_HANDLERS,
    *REVIEW_HANDLERS,
    *CHOICE_HANDLERS,
    *ASSET_HANDLERS,
    *OPEN_ITEM_HANDLERS,
    *FUNDS_HANDLERS,
]
