"""销项发票: the register of a month, bringing a list in, and drafting the vouchers."""

from litestar import Request
from litestar.datastructures import FormMultiDict, State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_books.figures.behind import InvoicesBehind
from zhangfang_books.filing.service import FOLLOW
from zhangfang_books.importing.reading_rows import MOST_BYTES, rows_of
from zhangfang_books.sales.drafting import draft_sales
from zhangfang_books.sales.keeping import Kept, keep, read_list
from zhangfang_books.sales.reading import month_register
from zhangfang_books.sales.register import TITLES
from zhangfang_books.sales.tying import tie_booked
from zhangfang_books.statement_pages import Form, months
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope, scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import InvoiceDirection
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.uploads import sent_file
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Asked = Request[object, object, State]
PAGE_LENGTH = 100


@page("/books/sales", of=CLIENT, permission="taxes.read")
async def sales_page(period: str | None = None, part: int = 1, drafted: int | None = None, tied: int = 0) -> Page:
    """Issued invoices of a month by rate, tied to the books, and one by one."""
    client, month = client_in_scope(), Period.parse(period) if period else Period.current()
    found = await month_register(client, month)
    start = (max(part, 1) - 1) * PAGE_LENGTH
    return Page(
        "books/sales.html",
        title="销项发票",
        active="books-taxes",
        place="sales",
        month=month,
        months=await months(client),
        found=found,
        titles=TITLES,
        shown=found.invoices[start : start + PAGE_LENGTH],
        part=max(part, 1),
        parts=-(-len(found.invoices) // PAGE_LENGTH),
        drafted=drafted,
        tied=tied,
        may_draft=scope().may("books.sales") and scope().may("ledger.draft"),
    )


@action("/books/sales/draft", of=CLIENT, permission="books.sales")
async def draft_form(data: Form) -> Redirect:
    """Sales vouchers for the month's invoices that have none, as drafts of the person who acts; what is booked already is tied to its voucher."""
    month = Period.parse(str(data.get("period", "")))
    tied = await tie_booked(client_in_scope(), month)
    made = await draft_sales(client_in_scope(), month)
    return go(here(f"/books/sales?period={month.key}&drafted={len(made)}&tied={tied}"))


@page("/books/sales/import", of=CLIENT, permission="books.sales")
async def sales_import_page() -> Page:
    return _page()


@action("/books/sales/import", of=CLIENT, permission="books.sales", stream=True, request_max_body_size=MOST_BYTES + 2**20)
async def sales_import_form(request: Asked) -> Page:
    """What the list holds and would add, or with ``really`` adds it: all of it or nothing. No transaction waits for the file."""
    try:
        kept = await _brought(client_in_scope(), await request.form())
    except Refusal as refusal:
        async with transaction():
            return _page(refusal=refusal)
    async with transaction():
        return _page(kept=kept)


async def _brought(client: int, form: FormMultiDict) -> Kept:
    file = await sent_file(form)
    if file is None:
        raise Refusal("books.import_no_file", "请选择发票清单文件。", field="file")
    content = await file.read(MOST_BYTES + 1)
    async with rows_of(content) as rows, transaction():
        listing = await read_list(client, rows)
        kept = await keep(client, listing, really=form.get("really") == "1" and listing.faults_found == 0)
        if kept.done:
            # As the platform's work: who brings sales in need not see taxes.
            first = Period.of(min(each.day for each in (*listing.issued, *listing.received)))
            await use(Jobs).defer(FOLLOW, client=client, first=first.number)
        return kept


def _page(*, kept: Kept | None = None, refusal: Refusal | None = None) -> Page:
    return Page(
        "books/sales_import.html",
        title="导入发票清单",
        active="books-taxes",
        place="sales",
        month=Period.current() if kept is None or kept.last is None else Period.of(kept.last),
        status_code=200 if refusal is None else refusal.status,
        kept=kept,
        refusal=refusal,
        behind=_received_path(kept),
    )


def _received_path(kept: Kept | None) -> str:
    """Where the received invoices of the list are shown, "" for none."""
    days = [] if kept is None else [each.day for each in kept.listing.received]
    return InvoicesBehind(Period.of(min(days)), Period.of(max(days)), InvoiceDirection.RECEIVED).path if days else ""


PAGES: list[HTTPRouteHandler] = [sales_page, draft_form, sales_import_page, sales_import_form]
