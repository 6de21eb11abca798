"""What the figures of a return are counted from, and the parts that their lines are made of. Pure; amounts are fen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from zhangfang_books.figures.behind import EntriesBehind, InvoicesBehind, Side, Which
from zhangfang_books.sales.register import Method, RegisterRow
from zhangfang_books.tax.facts import TaxFacts
from zhangfang_books.tax.months_before import MonthBefore
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceSums
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import FigureLine, Step

BOOKS, TOLD, ISSUED = "账", "建账前补录", "销项发票"


@dataclass(frozen=True, slots=True)
class Material:
    """``books`` up to ``last``, posted vouchers only; ``register`` of the months from ``first`` on.

    ``unbooked`` are the rows of ``register`` that no posted voucher of the months has, ``unbooked_count`` invoices; ``earlier`` what was issued
    before and booked in the months. ``received`` counts the invoices received from ``received_since`` on; ``missing`` names sources of invoices
    that did not answer. ``withheld`` is the income tax of the month's payroll, None without one.
    """

    books: MonthBooks
    facts: TaxFacts
    first: Period
    last: Period
    register: Sequence[RegisterRow] = ()
    unbooked: Sequence[RegisterRow] = ()
    unbooked_count: int = 0
    earlier: Sequence[RegisterRow] = ()
    received: InvoiceSums = field(default_factory=InvoiceSums)
    received_since: Period | None = None
    missing: tuple[str, ...] = ()
    withheld: int | None = None

    @property
    def sales(self) -> int:
        """Of the months by the books, without tax."""
        return -self.books.turnover(self.first, *self.facts.accounts.sales)

    @property
    def whole_sales(self) -> int:
        """By the invoices and what the books have beside them, and what was told of the months before the books."""
        beside = self.beside(self.sales, amount_of)
        return sum(r.amount for r in self.register) + (max(beside, 0) if self.billed else beside) + sum(each.sales for each in self.before)

    @property
    def billed(self) -> bool:
        """Whether there are invoices to hold the books against."""
        return bool(self.register or self.earlier)

    @property
    def before(self) -> Sequence[MonthBefore]:
        return self.facts.told_of(self.first)

    def booked(self, measure: "Measure") -> int:
        """Of the invoices whose vouchers were posted in the months."""
        return sum(map(measure, self.register)) - sum(map(measure, self.unbooked)) + sum(map(measure, self.earlier))

    def beside(self, in_books: int, measure: "Measure") -> int:
        """What the books have beside the invoices that they booked; below zero where they have less."""
        return in_books - self.booked(measure)

    def told(self) -> str:
        """Where the months before the books were told of."""
        return f"/books/taxes?period={self.last.key}#months-before"

    def credits(self, *codes: str) -> int:
        return self.books.credits(self.first, *codes)

    def turned(self, *codes: str) -> int:
        """Debits less credits of the months."""
        return self.books.turnover(self.first, *codes)

    def entries(self, *codes: str, side: Side, first: Period | None = None, last: Period | None = None) -> str:
        """Where the entries behind a number of these months are read, or of others."""
        return EntriesBehind(codes, first or self.first, last or self.last, side).path

    def received_invoices(self) -> str:
        """Where the invoices that ``received`` counts are read."""
        return InvoicesBehind(self.received_since or self.first, self.last, InvoiceDirection.RECEIVED).path

    def invoices(self, row: RegisterRow | None = None, *, which: Which = Which.ALL, tax: bool = False) -> str:
        """Where the issued invoices of a row of the register are read, or of all; by amount or by tax."""
        if row is None:
            return InvoicesBehind(self.first, self.last, which=which, tax=tax).path
        return InvoicesBehind(self.first, self.last, which=which, methods=(row.method,), rate=row.rate, special=row.special, tax=tax).path


Measure = Callable[[RegisterRow], int]


def amount_of(row: RegisterRow) -> int:
    """Without tax."""
    return row.amount


def tax_of(*methods: Method) -> Measure:
    """The tax of rows of these methods."""
    return lambda row: row.tax if row.method in methods else 0


@dataclass(slots=True)
class Lines:
    """A return as it is put together."""

    lines: list[FigureLine] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)
    """Each with the page where it is looked into, "" without one."""

    def add(self, name: str, steps: Iterable[Step]) -> int:
        """One line, the sum of its steps; zero steps are left out of the derivation. Returns the amount."""
        kept = tuple(step for step in steps if step.amount)
        amount = sum(step.amount for step in kept)
        self.lines.append(FigureLine(name, amount, kept))
        return amount

    def doubt(self, sentence: str, path: str = "") -> None:
        """``path``: where it is looked into."""
        if sentence:
            self.doubts.setdefault(sentence, path)


def from_line(name: str, amount: int) -> Step:
    """A step that is another line of the same return."""
    return Step(name, amount, "本表")
