"""Month's end of one client (checklist, proposals, closing), and the wall of all clients."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books.closing.checklist import checklist
from zhangfang_books.closing.wall import counted, wall
from zhangfang_books.statement_pages import MONTHS_OFFERED, months
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
MOST_DRAFTS = 200


@page("/books/close", of=CLIENT, permission="books.read")
async def close_page(period: str | None = None) -> Page:
    """What is left to do before the month of the open client can be closed, and closing it."""
    client = client_in_scope()
    month = await _month(client, period)
    return Page(
        "books/close.html",
        title="月末检查",
        active="books",
        place="close",
        found=await checklist(client, month),
        month=month,
        months=await months(client),
    )


@action("/books/close", of=CLIENT, permission="ledger.close")
async def close_form(data: Form) -> Redirect:
    """Close the month; ``early`` "1" says that the running month is meant."""
    month = Period.parse(_text(data, "period"))
    await use(Ledger).close_period(client_in_scope(), month, early=_text(data, "early") == "1")
    return go(here(f"/books/close?period={month.key}"))


@action("/books/reopen", of=CLIENT, permission="ledger.close")
async def reopen_form(data: Form) -> Redirect:
    """Open the last closed month again, with the reason."""
    month = Period.parse(_text(data, "period"))
    await use(Ledger).reopen_period(client_in_scope(), month, _text(data, "reason"))
    return go(here(f"/books/close?period={month.key}"))


@page("/books/month-end", of=CLIENT, permission="ledger.draft")
async def month_end_page(period: str | None = None) -> Page:
    """月末凭证: what the month calls for, each as the voucher that it would be."""
    client = client_in_scope()
    month = await _month(client, period)
    drafts = await use(Ledger).vouchers(client, period=month, state=VoucherState.DRAFT, limit=MOST_DRAFTS)
    closed = await use(Ledger).closed_through(client)
    proposals = await use(MonthEnd).proposals(client, month)
    return Page(
        "books/month_end.html",
        title="月末凭证",
        active="books",
        place="month-end",
        proposals=proposals,
        ready=[p for p in proposals if not p.asks],
        skipped=await use(MonthEnd).skipped(client, month),
        names={a.code: a.full_name for a in await use(Ledger).accounts(client)},
        waiting=[v for v in drafts if v.source.startswith("month_end:")],
        is_closed=closed is not None and month <= closed,
        month=month,
        months=await months(client),
    )


@action("/books/month-end/accept", of=CLIENT, permission="ledger.draft")
async def accept_form(data: Form) -> Redirect:
    """Keep one proposal as a draft and show it, or with ``key`` "" all of them in their order."""
    client, month, key = client_in_scope(), Period.parse(_text(data, "period")), _text(data, "key")
    service = use(MonthEnd)
    if key:
        made = await service.accept(client, month, key)
        return go(here(f"/vouchers/{made.id}"))
    for proposal in await service.proposals(client, month):
        if not proposal.asks:
            await service.accept(client, month, proposal.key)
    return go(here(f"/books/month-end?period={month.key}"))


@action("/books/month-end/skip", of=CLIENT, permission="ledger.draft")
async def skip_form(data: Form) -> Redirect:
    """Put a proposal aside for this month, with the reason."""
    month = Period.parse(_text(data, "period"))
    await use(MonthEnd).skip(client_in_scope(), month, _text(data, "key"), _text(data, "reason"))
    return go(here(f"/books/month-end?period={month.key}"))


@action("/books/month-end/unskip", of=CLIENT, permission="ledger.draft")
async def unskip_form(data: Form) -> Redirect:
    month = Period.parse(_text(data, "period"))
    await use(MonthEnd).unskip(client_in_scope(), month, _text(data, "key"))
    return go(here(f"/books/month-end?period={month.key}"))


@page("/books/wall", of=FIRM, permission="books.note")
async def wall_page(period: str | None = None) -> Page:
    """All clients of the firm by how far their month is; last month first, which is the one that is being closed."""
    month = Period.parse(period) if period else Period.current().plus(-1)
    entries = await wall(month)
    offered = [Period.current().plus(-back) for back in range(MONTHS_OFFERED)]
    return Page(
        "books/wall.html",
        title="月结进度",
        active="books-wall",
        entries=entries,
        counts=counted(entries),
        month=month,
        months=[(m.key, m.label) for m in offered],
    )


async def _month(client: int, period: str | None) -> Period:
    """The month that is to be closed next, unless another is asked for."""
    if period:
        return Period.parse(period)
    closed = await use(Ledger).closed_through(client)
    return Period.current() if closed is None else min(closed.plus(1), Period.current())


def _text(data: dict[str, Any], name: str) -> str:
    return str(data.get(name, "")).strip()[:200]


PAGES: list[HTTPRouteHandler] = [
    close_page,
    close_form,
    reopen_form,
    month_end_page,
    accept_form,
    skip_form,
    unskip_form,
    wall_page,
]
