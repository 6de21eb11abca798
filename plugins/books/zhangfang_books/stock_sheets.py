"""数量金额账 laid out as sheets for Excel and PDF. Pure."""

from collections.abc import Sequence

from zhangfang_books.sheets import time_of
from zhangfang_books.stock import Amount, StockBook, StockEntry, StockRow
from zhangfang_sdk.ledger import Account
from zhangfang_sdk.periods import Period
from zhangfang_sdk.sheets import Cell, Heading, Row, Sheet

PARTS = ("数量", "单价", "金额")


def stock_sheet(books: Sequence[StockBook], organisation: str, first: Period, last: Period, by: str) -> Sheet:
    """All items: opening, in, out and closing in quantity × price × amount."""
    headings = [Heading("科目", width=8), Heading("编码", width=6), Heading("存货", width=12), Heading("计量单位", width=4)]
    for group in ("期初", "收入", "发出", "结存"):
        headings += [Heading(f"{group}{part}", True, 8) for part in PARTS]
    rows = []
    for book in books:
        code = book.account.code
        for row in book.rows:
            head = (code, row.item.code, row.item.name, row.item.unit)
            parts = (row.opening, row.came, row.went, row.closing)
            rows.append(Row((*head, *(cell for part in parts for cell in _cells(part)))))
        sums = (cell for amount in book.total for cell in (None, None, amount))
        rows.append(Row((code, "", f"{book.account.name}合计", "", *sums), True))
    return Sheet("数量金额账", organisation, time_of(first, last), headings, rows, landscape=True, prepared_by=by)


def stock_item_sheet(
    account: Account, row: StockRow, entries: Sequence[StockEntry], organisation: str, first: Period, last: Period, by: str
) -> Sheet:
    """One item's entries with what is left after each."""
    headings = [Heading("日期", width=7), Heading("凭证号", width=6), Heading("摘要", width=16)]
    for group in ("收入", "发出", "结存"):
        headings += [Heading(f"{group}{part}", True, 8) for part in PARTS]
    nothing: tuple[Cell, ...] = (None,) * 6
    rows = [Row(("", "", "期初结存", *nothing, *_cells(row.opening)), True)]
    for each in entries:
        e = each.entry
        cells = (cell for part in (each.came, each.went, each.left) for cell in _cells(part))
        rows.append(Row((f"{e.date:%Y-%m-%d}", e.label, e.summary, *cells)))
    sums = (cell for part in (row.came, row.went, row.closing) for cell in _cells(part))
    rows.append(Row(("", "", "合计", *sums), True))
    unit = f"({row.item.unit})" if row.item.unit else ""
    title = f"数量金额账 {account.code} {row.item.name}{unit}"
    return Sheet(title, organisation, time_of(first, last), headings, rows, landscape=True, prepared_by=by)


def _cells(part: Amount) -> tuple[Cell, Cell, Cell]:
    return (part.quantity or None), part.price, (part.amount or None)
