"""所有者权益变动表 of a year: each movement of equity on its row and in its column. Pure; amounts are integer fen.

Columns are kinds of equity, rows what moved them. A voucher's movement is classified as a whole: first what it moves from one column to
another, then what comes from outside; profit and loss, carried over or not, stands with undistributed profit. What a person moved by hand
goes from one row to another of the same column, so that the statement still ends where the books do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.statements.by_hand import HandFigure
from zhangfang_books.statements.checks import Check
from zhangfang_books.statements.equity_form import EquityColumn, EquityForm
from zhangfang_books.statements.evaluating import Figures, evaluate
from zhangfang_books.statements.gathering import Books, Brought
from zhangfang_books.statements.statements import Material, Statement
from zhangfang_sdk.ledger import Voucher, VoucherKind
from zhangfang_sdk.periods import Period

Cells = dict[tuple[str, int], int]
"""(column's key, row's number) → fen, more is plus."""


@dataclass(frozen=True, slots=True)
class EquityYear:
    """``values``: column's key → row → fen as the statement shows it (库存股 as a positive amount); ``total`` is the last column."""

    heading: str
    values: Mapping[str, Mapping[int, int]]
    total: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class EquityStatement:
    """``year_before`` is None where the books begin after it."""

    form: EquityForm
    this_year: EquityYear
    year_before: EquityYear | None
    checks: Sequence[Check]


def equity_year(
    form: EquityForm,
    year: int,
    books: Books,
    vouchers: Iterable[Voucher],
    brought: Brought,
    by_hand: Iterable[HandFigure],
    heading: str,
) -> EquityYear:
    """``vouchers`` are the posted ones of the year, ``brought`` what was brought along of it."""
    result = books.profit_and_loss()
    cells: Cells = {}
    start = _standing(form, books.at_start_of(year, brought))
    for column, amount in start.items():
        cells[column, form.ties["opening"]] = amount
    if brought.tells_year_start(result):
        _brought(form, books, brought, start, result, cells)
    for voucher in vouchers:
        if voucher.period.year == year:
            _voucher(form, voucher, result, cells)
    for figure in by_hand:
        if figure.kind == "equity" and figure.period.year == year and figure.from_line is not None:
            amount = next(_shown(c, figure.amount) for c in form.columns if c.key == figure.part)
            _add(cells, figure.part, figure.line, amount)
            _add(cells, figure.part, figure.from_line, -amount)
    values = {c.key: evaluate(form.rows, Figures(), _rows_of(cells, c)) for c in form.columns}
    signs = {c.key: -1 if c.minus else 1 for c in form.columns}
    total = {line.number: sum(signs[key] * rows[line.number] for key, rows in values.items()) for line in form.rows.lines}
    return EquityYear(heading, values, total)


def ties_of(year: EquityYear, form: EquityForm, books: Books, last: Period, equity: int, profit: int) -> list[Check]:
    """``equity`` is what the balance sheet says at the end of ``last``, ``profit`` the income statement's 净利润 of the year."""
    closing, ended = form.ties["closing"], _standing(form, books.at(last))
    differing = [c for c in form.columns if _shown(c, ended[c.key]) != year.values[c.key][closing]]
    retained = next(c.key for c in form.columns if c.result)
    left, right = (
        (year.values[differing[0].key][closing], _shown(differing[0], ended[differing[0].key])) if differing else (0, 0)
    )
    return [
        Check("equity", "本年年末余额 = 资产负债表所有者权益合计", year.total[closing], equity),
        Check("equity_profit", "综合收益总额(未分配利润)= 利润表净利润", year.values[retained][form.ties["income"]], profit),
        Check("equity_columns", "各列年末余额 = 科目余额", left, right),
    ]


def _standing(form: EquityForm, figures: Figures) -> dict[str, int]:
    """Balance of each column, credit positive."""
    found = {c.key: figures.unclosed if c.result else 0 for c in form.columns}
    for code, balance in figures.accounts.items():
        column = form.column_of(code)
        if column is not None:
            found[column.key] -= balance
    return found


def _voucher(form: EquityForm, voucher: Voucher, result: frozenset[str], cells: Cells) -> None:
    # A red voucher takes back what its mirror did: judge the mirror, and turn the sign.
    factor = -1 if all(line.debit + line.credit < 0 for line in voucher.lines) else 1
    retained = next(c.key for c in form.columns if c.result)
    moved: dict[str, int] = {}
    earned = errors = 0
    for line in voucher.lines:
        amount = factor * (line.credit - line.debit)
        if line.account in result:
            moved[retained] = moved.get(retained, 0) + amount
            if voucher.kind is not VoucherKind.CLOSING:
                is_error = line.account.startswith(form.errors_account)
                errors, earned = (errors + amount, earned) if is_error else (errors, earned + amount)
        elif (column := form.column_of(line.account)) is not None:
            moved[column.key] = moved.get(column.key, 0) + amount
    if not moved:
        return
    _add(cells, retained, form.ties["income"], factor * earned)
    _add(cells, retained, form.ties["errors"], factor * errors)
    moved[retained] = moved.get(retained, 0) - earned - errors
    _classified(form, moved, [line.account for line in voucher.lines], factor, cells)


def _brought(
    form: EquityForm, books: Books, brought: Brought, start: Mapping[str, int], result: frozenset[str], cells: Cells
) -> None:
    """From January to the day before the books start, told back from the opening balances, as one movement."""
    retained = next(c.key for c in form.columns if c.result)
    opened = _standing(form, books.at(None))
    moved = {key: opened[key] - start[key] for key in opened}
    errors = -sum(v for code, v in brought.turnover.items() if code.startswith(form.errors_account))
    earned = -sum(v for code, v in brought.turnover.items() if code in result) - errors
    _add(cells, retained, form.ties["income"], earned)
    _add(cells, retained, form.ties["errors"], errors)
    moved[retained] -= earned + errors
    _classified(form, moved, list(brought.turnover), 1, cells)


def _classified(form: EquityForm, moved: dict[str, int], accounts: Sequence[str], factor: int, cells: Cells) -> None:
    for rule in form.within:
        for source in [key for key, amount in moved.items() if amount < 0 and rule.source in (key, "*")]:
            for target in [key for key, amount in moved.items() if amount > 0 and rule.target in (key, "*")]:
                part = min(-moved[source], moved[target])
                if part <= 0:
                    continue
                _add(cells, source, rule.line, -factor * part)
                _add(cells, target, rule.line, factor * part)
                moved[source] += part
                moved[target] -= part
    for key, amount in moved.items():
        if amount:
            line = next(r.line for r in form.outside if r.column == key and r.fits(accounts))
            _add(cells, key, line, factor * amount)


def _rows_of(cells: Cells, column: EquityColumn) -> dict[int, int]:
    return {line: _shown(column, amount) for (key, line), amount in cells.items() if key == column.key}


def _shown(column: EquityColumn, amount: int) -> int:
    return -amount if column.minus else amount


def _add(cells: Cells, column: str, line: int, amount: int) -> None:
    cells[column, line] = cells.get((column, line), 0) + amount


def equity_statement(
    material: Material, year: int, income: Statement, balance_sheet: Statement, form: EquityForm
) -> EquityStatement:
    """``income`` and ``balance_sheet`` are those of the year; ``material`` holds the vouchers of the year and of the one before."""

    def of(which: int, heading: str) -> EquityYear:
        brought = material.brought.get(which, Brought())
        told = brought.tells_year_start(material.books.profit_and_loss())
        is_part = material.starts.year == which and material.starts.month > 1 and not told
        label = f"{heading}({material.starts.month}月起)" if is_part else heading
        return equity_year(form, which, material.books, material.vouchers, brought, material.by_hand, label)

    this, last = of(year, "本年金额"), Period(year, 12)
    sheet_total = balance_sheet.columns[0][1][balance_sheet.form.ties["equity"]]
    profit = income.values[income.form.ties["profit"]]
    checks = ties_of(this, form, material.books, last, sheet_total, profit)
    before = of(year - 1, "上年金额") if material.starts <= Period(year - 1, 12) else None
    return EquityStatement(form, this, before, checks)
