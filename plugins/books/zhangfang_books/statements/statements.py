"""The statements of a month, quarter or year, evaluated together. Pure; amounts are integer fen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_books.statements.by_hand import HandFigure, moved_between, written
from zhangfang_books.statements.cash_flow import UNASSIGNED, Flow, flows, totals
from zhangfang_books.statements.checks import Check, tie
from zhangfang_books.statements.evaluating import Figures, evaluate
from zhangfang_books.statements.forms import Form, Kind, cash_rules, form
from zhangfang_books.statements.gathering import Books, Brought, added, uncovered
from zhangfang_books.statements.spans import OWN_COLUMN, Span
from zhangfang_sdk.ledger import Voucher
from zhangfang_sdk.periods import Period

NOT_IN_THE_BOOKS = "上年金额(账套未含)"
"""Heading of a column that nobody knows: the books begin after it."""
Values = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """``columns`` are (heading, line → fen); a column that nobody knows has no lines. ``own`` is the place of the span's own column."""

    form: Form
    columns: tuple[tuple[str, Values], ...]
    own: int = 0

    @property
    def values(self) -> Values:
        """Those of the span itself."""
        return self.columns[self.own][1]


@dataclass(frozen=True, slots=True)
class Material:
    """What statements are made from.

    ``vouchers``: posted ones of the year, for ``Span.YEAR`` of the year before too; ``assigned``: (voucher, line's place) → cash flow
    line. ``judged``: flows of months, by which their vouchers need not be looked at. ``brought`` by year: only that of ``starts``, the
    first month of the books, has any.
    """

    standard: str
    books: Books
    vouchers: Sequence[Voucher]
    starts: Period
    assigned: Mapping[tuple[int, int], int] = field(default_factory=dict)
    brought: Mapping[int, Brought] = field(default_factory=dict)
    by_hand: Sequence[HandFigure] = ()
    judged: Mapping[Period, Sequence[Flow]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statements:
    """``first`` to ``last`` are their months, ``starts`` the first of the books. ``unassigned`` are the span's flows that stand on no
    line; ``left_out`` accounts that no line of the balance sheet takes."""

    span: Span
    first: Period
    last: Period
    starts: Period
    balance_sheet: Statement
    income: Statement
    cash_flow: Statement
    checks: Sequence[Check]
    unassigned: Sequence[Flow]
    left_out: Mapping[str, int]

    def of(self, kind: Kind) -> Statement:
        """One of the three; changes in equity are a statement of their own (:mod:`zhangfang_books.statements.equity`)."""
        return {"balance_sheet": self.balance_sheet, "income": self.income, "cash_flow": self.cash_flow}[kind]


def statements_of(material: Material, period: Period, span: Span = Span.MONTH) -> Statements:
    """Those of the span that holds ``period``."""
    made = _Maker(material)
    first, last = span.around(period)
    own = (OWN_COLUMN[span], (first, last))
    beside = _year_before(last) if span is Span.YEAR else ("本年累计金额", (Period(last.year, 1), last))
    columns = (own, beside) if span is Span.YEAR else (beside, own)
    place = columns.index(own)
    sheet = made.balance_sheet(last)
    income = Statement(made.income_form, tuple(made.column(made.income, *each) for each in columns), place)
    cash = Statement(made.flow_form, tuple(made.column(made.cash, *each) for each in columns), place)
    of_span = made.flows_between(first, last)
    checks = tie(
        (made.sheet_form, sheet.columns[0][1], made.balances(first.plus(-1))),
        # What was brought along of the year stands in the opening balances: the books' own months are held against it.
        (made.income_form, made.own_income(first, last)),
        (made.flow_form, cash.values, totals(of_span, made.directions).get(UNASSIGNED, 0)),
        material.books,
        (first, last),
    )
    unassigned = [flow for flow in of_span if flow.line == UNASSIGNED]
    left_out = uncovered(made.sheet_form, material.books, last)
    return Statements(span, first, last, material.starts, sheet, income, cash, checks, unassigned, left_out)


def _year_before(last: Period) -> tuple[str, tuple[Period, Period]]:
    return "上年金额", (Period(last.year - 1, 1), Period(last.year - 1, 12))


class _Maker:
    """Columns of one client's statements."""

    def __init__(self, material: Material) -> None:
        self._of = material
        self.sheet_form = form(material.standard, "balance_sheet")
        self.income_form = form(material.standard, "income")
        self.flow_form = form(material.standard, "cash_flow")
        self.directions = {line.number: line.direction for line in self.flow_form.lines}
        self._rules = cash_rules(material.standard)
        chosen: dict[int, dict[int, int]] = {}
        for (voucher, place), line in material.assigned.items():
            chosen.setdefault(voucher, {})[place] = line
        looked_at = [v for v in material.vouchers if v.period not in material.judged]
        self._flows = [(period, flow) for period, known in material.judged.items() for flow in known]
        self._flows += [(v.period, f) for v in looked_at for f in flows(v, self._rules, chosen.get(v.id, {}))]

    def column(
        self, evaluated: Callable[[Period, Period], Values], heading: str, months: tuple[Period, Period]
    ) -> tuple[str, Values]:
        first, last = months
        if last < self._of.starts:
            return NOT_IN_THE_BOOKS, {}
        starts, brought = self._of.starts, self._of.brought.get(first.year, Brought())
        is_part = first < starts and not (brought.turnover if evaluated == self.income else brought.cash)
        return f"{heading}({starts.month}月起)" if is_part else heading, evaluated(first, last)

    def balances(self, until: Period) -> Values:
        moved = moved_between(self._of.by_hand, until)
        return evaluate(self.sheet_form, self._of.books.at(until), moved)

    def balance_sheet(self, last: Period) -> Statement:
        before, starts = Period(last.year - 1, 12), self._of.starts
        brought = self._of.brought.get(last.year, Brought())
        start = evaluate(
            self.sheet_form, self._of.books.at_start_of(last.year, brought), moved_between(self._of.by_hand, before)
        )
        # In a take-over's year it is no 年初 unless that can be told.
        told = brought.tells_year_start(self._of.books.profit_and_loss())
        within = starts.year == last.year and starts.month > 1
        heading = "接手日余额" if within and not told else "年初余额"
        return Statement(self.sheet_form, (("期末余额", self.balances(last)), (heading, start)))

    def income(self, first: Period, last: Period) -> Values:
        return self._earned(first, last, self._brought_of(first.year, first).turnover)

    def own_income(self, first: Period, last: Period) -> Values:
        """Without what was brought along."""
        return self._earned(first, last, {})

    def _earned(self, first: Period, last: Period, brought: Mapping[str, int]) -> Values:
        turnover = added(self._of.books.turnover(first, last), brought)
        return evaluate(self.income_form, Figures(turnover), written(self._of.by_hand, "income", first, last))

    def cash(self, first: Period, last: Period) -> Values:
        brought = self._brought_of(first.year, first).cash
        moved = added(totals(self.flows_between(first, last), self.directions), brought)
        before = sum(-v if self.directions.get(k) == "out" else v for k, v in brought.items())
        opening = self._of.books.cash(first.plus(-1), self._rules.cash) - before
        figures = Figures(cash=moved, cash_opening=opening)
        return evaluate(self.flow_form, figures, written(self._of.by_hand, "cash_flow", first, last))

    def flows_between(self, first: Period, last: Period) -> list[Flow]:
        return [flow for period, flow in self._flows if first <= period <= last]

    def _brought_of(self, year: int, first: Period) -> Brought:
        """What came before the books start counts where a column begins with the year."""
        return self._of.brought.get(year, Brought()) if first.month == 1 else Brought()
