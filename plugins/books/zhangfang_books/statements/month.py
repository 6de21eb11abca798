"""The three statements of a month, evaluated together. Pure; amounts are integer fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.statements.cash_flow import UNASSIGNED, Flow, flows, totals
from zhangfang_books.statements.checks import Check, tie
from zhangfang_books.statements.evaluating import Figures, evaluate
from zhangfang_books.statements.forms import Form, Kind, cash_rules, form
from zhangfang_books.statements.gathering import Books, Brought, added, uncovered
from zhangfang_sdk.ledger import Voucher
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class Statement:
    """``columns`` are (heading, line → fen)."""

    form: Form
    columns: tuple[tuple[str, dict[int, int]], ...]


@dataclass(frozen=True, slots=True)
class Month:
    """``unassigned`` are the month's flows that stand on no line; ``left_out`` accounts that no line takes."""

    period: Period
    balance_sheet: Statement
    income: Statement
    cash_flow: Statement
    checks: Sequence[Check]
    unassigned: Sequence[Flow]
    unassigned_of_year: int
    left_out: Mapping[str, int]

    def of(self, kind: Kind) -> Statement:
        return {"balance_sheet": self.balance_sheet, "income": self.income, "cash_flow": self.cash_flow}[kind]


def statements_of(
    standard: str,
    books: Books,
    period: Period,
    vouchers: Sequence[Voucher],
    assigned: Mapping[tuple[int, int], int],
    brought: Brought,
    starts: Period | None = None,
) -> Month:
    """``vouchers``: posted ones of the year up to ``period``; ``assigned``: (voucher, line's place) → cash flow line.

    ``brought`` counts for the year in which the books start, and ``starts`` is their first month; the caller leaves ``brought`` empty for
    other years.
    """
    january, before_year = Period(period.year, 1), Period(period.year, 1).plus(-1)
    sheet_form, income_form = form(standard, "balance_sheet"), form(standard, "income")
    flow_form = form(standard, "cash_flow")
    now = evaluate(sheet_form, books.at(period))
    start_of_month = evaluate(sheet_form, books.at(period.plus(-1)))
    at_january = evaluate(sheet_form, books.at_start_of(period.year, brought))
    month_turnover = books.turnover(period, period)
    year_turnover = added(books.turnover(january, period), brought.turnover)
    profit_month = evaluate(income_form, Figures(month_turnover))
    profit_year = evaluate(income_form, Figures(year_turnover))
    rules = cash_rules(standard)
    found = [(v.period, f) for v in vouchers for f in flows(v, rules, _places(assigned, v.id))]
    directions = {line.number: line.direction for line in flow_form.lines}
    of_month = [f for p, f in found if p == period]
    month_cash = totals(of_month, directions)
    year_cash = totals([f for _, f in found], directions)
    brought_net = sum(-v if directions.get(k) == "out" else v for k, v in brought.cash.items())
    year_cash = {k: year_cash.get(k, 0) + brought.cash.get(k, 0) for k in {*year_cash, *brought.cash}}
    flow_month = evaluate(flow_form, Figures(cash=month_cash, cash_opening=books.cash(period.plus(-1), rules.cash)))
    flow_year = evaluate(
        flow_form, Figures(cash=year_cash, cash_opening=books.cash(before_year, rules.cash) - brought_net)
    )
    checks = tie(
        (sheet_form, now, start_of_month),
        (income_form, profit_month),
        (flow_form, flow_month, month_cash.get(UNASSIGNED, 0)),
        books,
        period,
    )
    return Month(
        period,
        Statement(sheet_form, (("期末余额", now), (_start_of_year(books, period, brought, starts), at_january))),
        Statement(income_form, (("本年累计金额", profit_year), ("本月金额", profit_month))),
        Statement(flow_form, (("本年累计金额", flow_year), ("本月金额", flow_month))),
        checks,
        [f for f in of_month if f.line == UNASSIGNED],
        year_cash.get(UNASSIGNED, 0),
        uncovered(sheet_form, books, period),
    )


def _start_of_year(books: Books, period: Period, brought: Brought, starts: Period | None) -> str:
    """What the second column of the balance sheet is called: in a take-over's year it is no 年初 unless that can be told."""
    within = starts is not None and starts.year == period.year and starts.month > 1
    return "接手日余额" if within and not brought.tells_year_start(books.profit_and_loss()) else "年初余额"


def _places(assigned: Mapping[tuple[int, int], int], voucher: int) -> dict[int, int]:
    return {place: line for (id_, place), line in assigned.items() if id_ == voucher}
