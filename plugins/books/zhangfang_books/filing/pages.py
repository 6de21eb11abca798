"""申报登记: the board of all clients or of one, and a return from its figures to its payment."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_books.figures.service import PAYABLE, TITLES, Span
from zhangfang_books.filing.board import STATES, board, counted, state_of
from zhangfang_books.filing.lines import digest, unpacked
from zhangfang_books.filing.opening import BACK, open_returns
from zhangfang_books.filing.service import RegisteredFilings, against_books, filing_of, title_of, work_out
from zhangfang_books.filing.tables import Confirmation, FilingRow
from zhangfang_books.statement_pages import Form
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import here
from zhangfang_sdk.uploads import sent_file
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

Asked = Request[object, object, State]
LARGEST_RECEIPT = 20 * 2**20


@page("/books/filings", of=(FIRM, CLIENT), permission="filings.read")
async def filings_page(show: str = "", part: int = 1) -> Page:
    """Returns of the client that is open, or of all in scope."""
    client = scope().client
    found = await board(client, first=today() - BACK, state=show, part=part)
    return Page(
        "books/filings.html",
        title="申报登记",
        active="books-taxes" if client is not None else "books-filings",
        place="filings",
        month=Period.current(),
        found=found,
        states=STATES,
        show=show,
        part=max(part, 1),
        titles=TITLES,
        label=_label,
        client_open=client is not None,
        today=today(),
    )


@page("/books/filings/counts", of=(FIRM, CLIENT), permission="filings.read")
async def counts_part() -> Page:
    """How many returns are in which state: the part that the list fetches after itself."""
    counts = await counted(scope().client, first=today() - BACK)
    return Page("books/filing_counts.html", fragment=True, counts=counts, states=STATES)


@action("/books/filings/open", of=CLIENT, permission="filings.write")
async def open_form() -> Redirect:
    """Make the rows of what the client has to file around today, as the nightly job does."""
    await open_returns([client_in_scope()])
    return go(here("/books/filings"))


@page("/books/filings/{filing_id:int}", of=CLIENT, permission="filings.read")
async def filing_page(filing_id: int) -> Page:
    """One return: its lines, who confirmed them, its receipt, and where the books differ from it today."""
    row = await _row(filing_id)
    filing = filing_of(row.to_dict())
    kept = unpacked(row.lines)
    newest_last = Confirmation.select().where(Confirmation.filing == filing_id).order_by(Confirmation.id)
    receipts = [] if filing.receipt is None else await use(Documents).documents([filing.receipt])
    return Page(
        "books/filing.html",
        title=title_of(filing),
        active="books-taxes",
        place="filings",
        month=filing.last,
        filing=filing,
        row=row,
        kept=kept,
        strong=PAYABLE[filing.tax],
        state=state_of(filing),
        states=STATES,
        steps=FilingStep,
        seen=digest(row.lines),
        confirmations=await newest_last,
        differences=await against_books(row) if filing.step >= FilingStep.FILED and scope().may("taxes.read") else [],
        receipt=next(iter(receipts), None),
        today=today(),
        is_running=filing.last >= Period.current() and filing.step < FilingStep.FILED,
    )


@action("/books/filings/{filing_id:int}/work-out", of=CLIENT, permission="filings.write")
async def figures_form(filing_id: int) -> Redirect:
    await work_out((await _row(filing_id)).id)
    return go(here(f"/books/filings/{filing_id}"))


@action("/books/filings/{filing_id:int}/confirm", of=CLIENT, permission="filings.confirm")
async def confirm_form(filing_id: int, data: Form) -> Redirect:
    """``seen`` is the hash of the lines that the person had before their eyes."""
    return await _confirmed(filing_id, data)


@action("/books/filings/{filing_id:int}/agreed", of=CLIENT, permission="filings.write")
async def agreed_form(filing_id: int, data: Form) -> Redirect:
    """Somebody of the firm says that the client agreed; ``seen`` as in ``confirm``."""
    return await _confirmed(filing_id, data)


@action("/books/filings/{filing_id:int}/filed", of=CLIENT, permission="filings.write", request_max_body_size=LARGEST_RECEIPT)
async def filed_form(filing_id: int, request: Asked) -> Redirect:
    """``number`` of the receipt, and its ``file`` when there is one."""
    row, data = await _row(filing_id), await request.form()
    file, receipt = await sent_file(data), None
    if file is not None and (content := await file.read()):
        name = file.filename or "回执"
        receipt = (await use(Documents).store(int(row.client), name, file.content_type or "application/octet-stream", content)).id
    said = str(data.get("payable", "")).strip()
    payable = fen(said) if said else None
    await RegisteredFilings().filed(filing_id, receipt=receipt, number=str(data.get("number", "")), payable=payable, on=_day(data, "filed_on"))
    return go(here(f"/books/filings/{filing_id}"))


@action("/books/filings/{filing_id:int}/voided", of=CLIENT, permission="filings.write")
async def voided_form(filing_id: int, data: Form) -> Redirect:
    """``why`` it is to be filed again."""
    await _row(filing_id)
    await RegisteredFilings().voided(filing_id, why=str(data.get("why", "")))
    return go(here(f"/books/filings/{filing_id}"))


@action("/books/filings/{filing_id:int}/paid", of=CLIENT, permission="filings.write")
async def paid_form(filing_id: int, data: Form) -> Redirect:
    await _row(filing_id)
    await RegisteredFilings().paid(filing_id, on=_day(data, "on") or today(), amount=fen(str(data.get("amount", ""))))
    return go(here(f"/books/filings/{filing_id}"))


async def _confirmed(filing_id: int, data: Form) -> Redirect:
    row = await _row(filing_id)
    if str(data.get("seen", "")) != digest(row.lines):
        raise Refusal("filings.figures_changed", "申报数刚刚有变动,请重新看过再确认。", status=409)
    await RegisteredFilings().confirmed(filing_id, payable=row.payable or 0)
    return go(here(f"/books/filings/{filing_id}"))


async def _row(filing_id: int) -> FilingRow:
    row = await FilingRow.objects().where(FilingRow.id == filing_id, FilingRow.client == client_in_scope()).first()
    if row is None:
        raise not_found("申报")
    return row


def _day(data: Mapping[str, Any], name: str) -> dt.date | None:
    """None where the field is empty."""
    text = str(data.get(name, ""))
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("filings.day_wrong", "日期看不懂,请重新选择。", field=name) from None


def _label(filing: Filing) -> str:
    return Span(filing.tax, filing.first, filing.last).label


PAGES: list[HTTPRouteHandler] = [
    *(filings_page, counts_part, open_form, filing_page, figures_form),
    *(confirm_form, agreed_form, filed_form, voided_form, paid_form),
]
