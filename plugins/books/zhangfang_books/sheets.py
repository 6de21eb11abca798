"""Statements and ledgers laid out as sheets for Excel and PDF. Pure."""

from collections.abc import Sequence
from itertools import zip_longest

from zhangfang_books.ledgers import BalanceRow, Detail, General
from zhangfang_books.statements.equity import EquityStatement
from zhangfang_books.statements.forms import Line
from zhangfang_books.statements.statements import Statement
from zhangfang_sdk.periods import Period
from zhangfang_sdk.sheets import Cell, Heading, Row, Sheet


def statement_sheet(statement: Statement, organisation: str, last: Period, time: str, by: str) -> Sheet:
    """``last`` is the month whose end a balance sheet speaks of; ``time`` what the others do."""
    form = statement.form
    if form.kind != "balance_sheet":
        headings = [Heading("项目", width=26), Heading("行次", width=4)]
        headings += [Heading(label, True, 11) for label, _ in statement.columns]
        rows = [Row(tuple(_cells(statement, line)), line.strong) for line in form.lines]
        return Sheet(form.title, organisation, time, headings, rows, form.code, prepared_by=by)
    # The grand totals of both sides stand on one line, as the printed form has it.
    left, right = _levelled(
        [line for line in form.lines if line.side == "left"], [line for line in form.lines if line.side == "right"]
    )
    half = [Heading("行次", width=3), *(Heading(label, True, 9) for label, _ in statement.columns)]
    headings = [Heading("资产", width=13), *half, Heading("负债和所有者权益", width=17), *half]
    nothing: list[Cell] = [None] * (2 + len(statement.columns))
    rows = []
    for one, other in zip_longest(left, right):
        cells = [*(_cells(statement, one) if one else nothing), *(_cells(statement, other) if other else nothing)]
        strong = bool((one and one.strong) or (other and other.strong))
        rows.append(Row(tuple(cells), strong))
    day = f"{last.last_day:%Y年%m月%d日}"
    return Sheet(form.title, organisation, day, headings, rows, form.code, landscape=True, prepared_by=by)


def equity_sheets(found: EquityStatement, organisation: str, year: int, by: str) -> list[Sheet]:
    """This year, and the year before on a sheet of its own: side by side they would be too small to read."""
    form = found.form.rows
    headings = [Heading("项目", width=20), Heading("行次", width=3)]
    headings += [Heading(c.name, True, 8) for c in found.form.columns] + [Heading("所有者权益合计", True, 9)]
    sheets = []
    for of, shown in ((found.this_year, year), (found.year_before, year - 1)):
        if of is not None:
            rows = [
                Row(
                    (
                        line.name,
                        str(line.number),
                        *(of.values[c.key][line.number] for c in found.form.columns),
                        of.total[line.number],
                    ),
                    line.strong,
                )
                for line in form.lines
            ]
            time = f"{shown}年度 {of.heading}"
            sheets.append(Sheet(form.title, organisation, time, headings, rows, form.code, landscape=True, prepared_by=by))
    return sheets


def balance_sheet_of_accounts(
    rows: Sequence[BalanceRow], organisation: str, first: Period, last: Period, by: str
) -> Sheet:
    """科目余额表 with both sides of opening, turnover, the year's turnover and closing."""
    headings = [Heading("科目编码", width=7), Heading("科目名称", width=15)]
    groups = ("期初", "本期", "本年累计", "期末")
    headings += [Heading(f"{group}{side}", True, 9) for group in groups for side in ("借方", "贷方")]
    out = []
    sums = [0] * 8
    for row in rows:
        amounts = [
            *_sides(row.opening), row.debit, row.credit, row.year_debit, row.year_credit, *_sides(row.closing)
        ]  # fmt: skip
        name = "  " * (row.level - 1) + row.account.name
        out.append(Row((row.account.code, name, *amounts), row.level == 1))
        if row.level == 1:
            sums = [a + b for a, b in zip(sums, amounts, strict=True)]
    out.append(Row(("合计", "", *sums), True))
    return Sheet("科目余额表", organisation, time_of(first, last), headings, out, landscape=True, prepared_by=by)


def general_sheet(books: Sequence[General], organisation: str, first: Period, last: Period, by: str) -> Sheet:
    """总账: each account month by month."""
    headings = [Heading("科目编码", width=7), Heading("科目名称", width=14), Heading("期间", width=8)]
    headings += [Heading("摘要", width=8), Heading("借方", True, 10), Heading("贷方", True, 10)]
    headings += [Heading("方向", width=4), Heading("余额", True, 10)]
    rows = []
    for book in books:
        head = (book.account.code, book.account.name)
        rows.append(Row((*head, first.label, "期初余额", None, None, *_directed(book.opening))))
        for each in book.rows:
            label = each.period.label
            rows.append(Row((*head, label, "本期合计", each.debit, each.credit, *_directed(each.balance))))
            year = (each.year_debit, each.year_credit)
            rows.append(Row((*head, label, "本年累计", *year, *_directed(each.balance)), True))
    return Sheet("总账", organisation, time_of(first, last), headings, rows, landscape=True, prepared_by=by)


def detail_sheet(book: Detail, title: str, organisation: str, first: Period, last: Period, by: str) -> Sheet:
    """明细账, 日记账 or 多栏账 of one account."""
    headings = [Heading("日期", width=7), Heading("凭证号", width=6), Heading("摘要", width=18)]
    headings += [Heading("借方", True, 9), Heading("贷方", True, 9), Heading("方向", width=3), Heading("余额", True, 9)]
    headings += [Heading(h.name, True, 8) for h in book.headings]
    none: tuple[Cell, ...] = (None,) * len(book.headings)
    rows = [Row(("", "", "期初余额", None, None, *_directed(book.opening), *none), True)]
    for each in book.rows:
        e = each.entry
        text = f"{e.summary} {e.counterparty}".rstrip()
        money = (e.debit or None, e.credit or None)
        cells = (f"{e.date:%Y-%m-%d}", e.label, text, *money, *_directed(each.balance))
        rows.append(Row((*cells, *(c or None for c in each.columns))))
    rows.append(Row(("", "", "合计", book.debit, book.credit, *_directed(book.closing), *book.column_totals), True))
    name = f"{title} {book.account.code} {book.account.full_name}"
    return Sheet(name, organisation, time_of(first, last), headings, rows, landscape=True, prepared_by=by)


def _cells(statement: Statement, line: Line) -> list[Cell]:
    name = ("    " if line.inset else "") + line.name
    return [name, str(line.number), *(values.get(line.number) for _, values in statement.columns)]


def _levelled(left: list[Line], right: list[Line]) -> tuple[list[Line | None], list[Line | None]]:
    size = max(len(left), len(right))
    one: list[Line | None] = [*left[:-1], *([None] * (size - len(left))), left[-1]]
    other: list[Line | None] = [*right[:-1], *([None] * (size - len(right))), right[-1]]
    return one, other


def _sides(balance: int) -> tuple[int, int]:
    return max(balance, 0), max(-balance, 0)


def _directed(balance: int) -> tuple[str, int | None]:
    return ("借" if balance > 0 else "贷" if balance < 0 else "平"), abs(balance) or None


def time_of(first: Period, last: Period) -> str:
    """The months that a ledger speaks of."""
    return first.label if first == last else f"{first.label}至{last.label}"
