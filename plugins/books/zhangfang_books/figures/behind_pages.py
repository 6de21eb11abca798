"""The entries or invoices that a number of a return is made of, with the sum that is the number."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from zhangfang_books.figures.behind import EntriesBehind, InvoicesBehind
from zhangfang_books.figures.behind_reading import entries_behind, invoices_behind
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.invoices import InvoiceDirection
from zhangfang_sdk.web import CLIENT, Page, page

Asked = Request[Any, Any, State]
PAGE_LENGTH = 100


@page("/books/taxes/entries", of=CLIENT, permission="taxes.read")
async def entries_page(request: Asked, part: int = 1) -> Page:
    """Query as ``EntriesBehind.path`` writes it."""
    asked = EntriesBehind.parse(request.query_params)
    found = await entries_behind(client_in_scope(), asked)
    return _page("books/behind_entries.html", asked, part, found.rows, found=found)


@page("/books/taxes/invoices", of=CLIENT, permission="taxes.read")
async def invoices_page(request: Asked, part: int = 1) -> Page:
    """Query as ``InvoicesBehind.path`` writes it."""
    asked = InvoicesBehind.parse(request.query_params)
    rows = await invoices_behind(client_in_scope(), asked)
    received = asked.direction is InvoiceDirection.RECEIVED
    return _page("books/behind_invoices.html", asked, part, rows, received=received, total=sum(row.amount for row in rows))


def _page(template: str, asked: EntriesBehind | InvoicesBehind, part: int, rows: Any, **values: Any) -> Page:
    start = (max(part, 1) - 1) * PAGE_LENGTH
    return Page(
        template,
        title="这个数的来历",
        active="books-taxes",
        place="taxes",
        month=asked.last,
        asked=asked,
        label=asked.first.label if asked.first == asked.last else f"{asked.first.label} – {asked.last.label}",
        count=len(rows),
        shown=rows[start : start + PAGE_LENGTH],
        part=max(part, 1),
        parts=-(-len(rows) // PAGE_LENGTH),
        **values,
    )


PAGES: list[HTTPRouteHandler] = [entries_page, invoices_page]
