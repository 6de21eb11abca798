"""Pages of payrolls: the months, one of them, bringing one in, and who may read the rows."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books.importing import kept_layouts
from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.reading_rows import MOST_BYTES, rows_of
from zhangfang_books.payroll import booking, confirming, readers
from zhangfang_books.payroll.bringing import BroughtPayroll, UnderstoodSheet, bring_in, understood
from zhangfang_books.payroll.id_numbers import masked
from zhangfang_books.payroll.sheet import TITLES, payroll_layout
from zhangfang_books.payroll.tables import Payroll, PayrollRow, PayrollState
from zhangfang_books.statement_pages import months
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope, scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.texts import seen, translatable
from zhangfang_sdk.uploads import sent_file
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Asked = Request[object, object, State]
Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
TONES = {"waiting": "warn", "confirmed": "good", "returned": "bad", "reopened": "warn"}
STATES = {
    state: (TONES[state], title)
    for state, title in translatable(
        {"waiting": "等企业确认", "confirmed": "企业已确认", "returned": "企业退回", "reopened": "重做中,原确认已作废"}
    ).items()
}
_COLUMN = re.compile(r"col:(\d{1,3})")


@page("/books/payroll", of=CLIENT, permission=readers.TOTALS)
async def payrolls_page() -> Page:
    """The months with their totals, newest first."""
    client = client_in_scope()
    rows = await Payroll.objects().where(Payroll.client == client).order_by(Payroll.period, ascending=False)
    reads = await readers.reads(client)
    return Page(
        "books/payrolls.html",
        title="工资",
        active="payroll",
        payrolls=[(Period.from_number(row.period), row) for row in rows],
        states=STATES,
        readers=await readers.readers_of(client),
        reads=reads,
        totals_seen=_totals_seen(reads=reads),
        may_import=scope().holds("ledger.draft"),
        may_confirm=scope().holds(readers.CONFIRM),
    )


@page("/books/payroll/{payroll_id:int}", of=CLIENT, permission=readers.TOTALS, seen_as="books.payroll_seen")
async def payroll_page(payroll_id: int) -> Page:
    """Totals for all; the rows for readers."""
    client = client_in_scope()
    found = await confirming.payroll_of(client, payroll_id)
    reads = await readers.reads(client)
    rows = await PayrollRow.objects().where(PayrollRow.payroll == found.id).order_by(PayrollRow.id) if reads else []
    voucher = await booking.standing_voucher(found) if scope().holds("ledger.read") else None
    is_theirs = scope().holds("ledger.draft") and found.state == PayrollState.CONFIRMED
    may_book, deducted = is_theirs and voucher is None, booking.deducted(found)
    return Page(
        "books/payroll.html",
        title="工资",
        active="payroll",
        payroll=found,
        month=Period.from_number(found.period),
        state=STATES[found.state],
        rows=rows,
        reads=reads,
        totals_seen=_totals_seen(reads=reads),
        masked=masked,
        voucher=voucher,
        may_book=may_book,
        may_import=scope().holds("ledger.draft"),
        may_reopen=is_theirs and (voucher is None or voucher.state is not VoucherState.POSTED),
        deducted=deducted,
        deducted_to=await booking.deducted_to(found) if may_book and deducted else found.deducted_to,
        accounts=await _accounts(found.client) if may_book and deducted else [],
        booked_already=await booking.booked_otherwise(found) if may_book else 0,
        may_confirm=scope().holds(readers.CONFIRM),
    )


@action("/books/payroll/{payroll_id:int}/answer", of=CLIENT, permission=readers.CONFIRM)
async def answer_payroll(payroll_id: int, data: Form) -> Redirect:
    """The client's word: confirmed, or sent back with a reason."""
    found = await confirming.held(client_in_scope(), payroll_id)
    confirmed = data.get("confirmed") == "1"
    await confirming.answer(found, str(data.get("sha256", "")), confirmed=confirmed, why=str(data.get("why", "")))
    return go(here(f"/books/payroll/{found.id}"))


@action("/books/payroll/{payroll_id:int}/book", of=CLIENT, permission="ledger.draft")
async def book_payroll(payroll_id: int, data: Form) -> Redirect:
    """Draft the voucher of a confirmed payroll."""
    found = await confirming.held(client_in_scope(), payroll_id)
    await booking.book(found, seen(str(data.get("deducted_to", ""))))
    return go(here(f"/books/payroll/{found.id}"))


@action("/books/payroll/{payroll_id:int}/reopen", of=CLIENT, permission="ledger.draft")
async def reopen_payroll(payroll_id: int, data: Form) -> Redirect:
    """Void the client's confirmation of what was wrong."""
    found = await confirming.held(client_in_scope(), payroll_id)
    await confirming.reopen(found, str(data.get("why", "")))
    return go(here(f"/books/payroll/{found.id}"))


@action("/books/payroll/readers/ask", of=CLIENT, permission=readers.TOTALS)
async def ask_to_read(data: Form) -> Redirect:
    """Ask to read the rows; who confirms payrolls reads at once. ``payroll`` is the one that was open, to go back to."""
    await readers.ask(client_in_scope())
    opened = str(data.get("payroll", ""))
    return go(here(f"/books/payroll/{opened}" if opened.isascii() and opened.isdigit() else "/books/payroll"))


@action("/books/payroll/readers/{payroll_reader_id:int}", of=CLIENT, permission=readers.CONFIRM)
async def answer_reader(payroll_reader_id: int, data: Form) -> Redirect:
    """Let somebody in, or shut them out."""
    await readers.answer(client_in_scope(), payroll_reader_id, let_in=data.get("let_in") == "1")
    return go(here("/books/payroll"))


@page("/books/payroll/import", of=CLIENT, permission="ledger.draft")
async def payroll_import_page(period: str | None = None) -> Page:
    return await _import_page({"period": period} if period else {})


@action("/books/payroll/import", of=CLIENT, permission="ledger.draft", stream=True, request_max_body_size=MOST_BYTES + 2**20)
async def payroll_import_form(request: Asked) -> Page:
    """What the sheet holds, or with ``really`` the month's payroll kept. No transaction waits for the file."""
    client, sent = client_in_scope(), await request.form()
    form = dict(sent)
    try:
        file = await sent_file(sent)
        if file is None:
            raise Refusal("books.import_no_file", "请选择工资表文件。", field="file")
        content, name = await file.read(MOST_BYTES + 1), file.filename or ""
        period = Period.parse(str(form.get("period", "")))
        async with transaction():
            own = await kept_layouts.kept(payroll_layout().key)
        async with rows_of(content) as rows:
            sheet = await understood(rows, own, _columns(form))
        async with transaction():
            really = form.get("really") == "1"
            brought = await bring_in(client, period, sheet.read, Source.of(content, name), really=really)
            if brought.payroll is not None and sheet.made:
                await kept_layouts.keep(payroll_layout().key, name, sheet.made)
    except Refusal as refusal:
        async with transaction():
            return await _import_page(form, refusal=refusal)
    async with transaction():
        return await _import_page(form, sheet=sheet, brought=brought)


def _totals_seen(*, reads: bool) -> Callable[[Payroll], bool]:
    """Whether the person may see a payroll's totals: those of one person are what that person earns."""
    named = reads or scope().holds(readers.CONFIRM)
    return lambda payroll: named or payroll.people > 1


async def _accounts(client: int) -> list[tuple[str, str]]:
    charts = await use(Ledger).accounts(client)
    return [("", "请选择科目"), *((a.code, f"{a.code} {a.full_name}") for a in charts if a.is_leaf and not a.retired)]


def _columns(form: Mapping[str, Any]) -> Mapping[int, str]:
    found = ((_COLUMN.fullmatch(name), str(value)) for name, value in form.items())
    return {int(match[1]): value for match, value in found if match and value in TITLES}


async def _import_page(
    form: Mapping[str, Any],
    *,
    sheet: UnderstoodSheet | None = None,
    brought: BroughtPayroll | None = None,
    refusal: Refusal | None = None,
) -> Page:
    return Page(
        "books/payroll_import.html",
        title="导入工资表",
        active="payroll",
        status_code=200 if refusal is None else refusal.status,
        sheet=sheet,
        brought=brought,
        refusal=refusal,
        months=await months(client_in_scope()),
        period=str(form.get("period", Period.current().key)),
        fields=[("", "不用"), *TITLES.items()],
    )


PAGES: list[HTTPRouteHandler] = [
    *(payrolls_page, payroll_page, answer_payroll, book_payroll, reopen_payroll, ask_to_read, answer_reader),
    *(payroll_import_page, payroll_import_form),
]
