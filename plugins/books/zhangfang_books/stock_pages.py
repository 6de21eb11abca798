"""数量金额账 over months: all stock items, and one item's entries."""

from litestar.handlers import HTTPRouteHandler

from zhangfang_books import reading
from zhangfang_books.ledger_pages import ENTRIES_SHOWN, months_of
from zhangfang_books.statement_pages import months
from zhangfang_books.stock import Amount, StockBook, StockEntry, StockRow, stock_books, stock_entries
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Account, DimensionKind, Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.web import CLIENT, Page, page


@page("/books/stock", of=CLIENT, permission="books.read")
async def stock_page(period: str | None = None, to: str | None = None) -> Page:
    """Each account's stock items: opening, in, out, closing."""
    client, (first, last) = client_in_scope(), months_of(period, to)
    return Page(
        "books/stock.html",
        title="数量金额账",
        active="books",
        place="stock",
        books=await books_of(client, first, last),
        month=first,
        last=last,
        months=await months(client),
    )


@page("/books/stock/{dimension_item_id:int}", of=CLIENT, permission="books.read", examples={"dimension_item_id": "1"})
async def stock_item_page(
    dimension_item_id: int, account: str = "", period: str | None = None, to: str | None = None
) -> Page:
    """One item's entries on ``account``, with what is left after each."""
    client, (first, last) = client_in_scope(), months_of(period, to)
    about, row, entries = await entries_of(client, dimension_item_id, account, first, last)
    return Page(
        "books/stock_item.html",
        title=f"数量金额账 {row.item.name}",
        active="books",
        place="stock",
        account=about,
        row=row,
        entries=entries,
        month=first,
        last=last,
        months=await months(client),
    )


async def books_of(client: int, first: Period, last: Period, account: str = "") -> list[StockBook]:
    """Of ``account`` and all below it, of every account where none is named."""
    items = {i.id: i for i in await use(Dimensions).items(client, DimensionKind.STOCK)}
    return stock_books(await use(Dimensions).stock(client, account, first, last), await use(Ledger).accounts(client), items)


async def entries_of(
    client: int, item: int, account: str, first: Period, last: Period, *, limit: int = ENTRIES_SHOWN
) -> tuple[Account, StockRow, list[StockEntry]]:
    """Raises Refusal ``common.not_found``, and ``books.too_many_entries`` above ``limit``: a cut ledger would not tie."""
    known = next((i for i in await use(Dimensions).items(client, DimensionKind.STOCK) if i.id == item), None)
    chart = {a.code: a for a in await use(Ledger).accounts(client)}
    if known is None:
        raise not_found("存货")
    rows = [(b.account, r) for b in await books_of(client, first, last, account) for r in b.rows if r.item.id == item]
    about = chart.get(account) or (rows[0][0] if rows else None)
    if about is None:
        raise not_found("这项存货的账")
    entries = await use(Dimensions).entries(client, about.code, item, first, last, limit=limit + 1)
    if len(entries) > limit:
        raise Refusal("books.too_many_entries", f"这段时间的分录超过 {limit} 笔,请缩短月份范围,或导出 Excel 查看。", field="to")
    row = StockRow(known, Amount(), Amount(), Amount())
    for _, one in ((a, r) for a, r in rows if a.code.startswith(about.code)):
        row = StockRow(known, row.opening.plus(one.opening), row.came.plus(one.came), row.went.plus(one.went))
    return about, row, stock_entries(row.opening, reading.ordered(entries))


PAGES: list[HTTPRouteHandler] = [stock_page, stock_item_page]
