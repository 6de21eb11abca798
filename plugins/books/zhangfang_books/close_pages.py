"""Month's end of one client, and the wall of all clients."""

from litestar.handlers import HTTPRouteHandler

from zhangfang_books import month_end
from zhangfang_books.statement_pages import MONTHS_OFFERED, months
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.periods import Period
from zhangfang_sdk.web import CLIENT, FIRM, Page, page


@page("/books/close", of=CLIENT, permission="books.read")
async def close_page(period: str | None = None) -> Page:
    """What is left to do before the month of the open client can be closed."""
    client = client_in_scope()
    month = Period.parse(period) if period else Period.current()
    return Page(
        "books/close.html",
        title="月末检查",
        active="books",
        place="close",
        steps=await month_end.steps(client, month),
        month=month,
        months=await months(client),
    )


@page("/books/wall", of=FIRM, permission="books.note")
async def wall_page(period: str | None = None) -> Page:
    """All clients of the firm by how far their month is."""
    month = Period.parse(period) if period else Period.current()
    entries = await month_end.wall(month)
    offered = [Period.current().plus(-back) for back in range(MONTHS_OFFERED)]
    return Page(
        "books/wall.html",
        title="月结进度",
        active="books-wall",
        entries=entries,
        counts=month_end.counted(entries),
        month=month,
        months=[(m.key, m.label) for m in offered],
    )


PAGES: list[HTTPRouteHandler] = [close_page, wall_page]
