"""What the figures of a return are counted from, and the parts that their lines are made of. Pure; amounts are fen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zhangfang_books.sales.register import RegisterRow
from zhangfang_books.tax.facts import TaxFacts
from zhangfang_books.tax.months_before import MonthBefore
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import FigureLine, Step

BOOKS, TOLD = "账", "建账前补录"


@dataclass(frozen=True, slots=True)
class Material:
    """``books`` up to ``last``, posted vouchers only; ``register`` of the months from ``first`` on.

    ``received`` is the amount without tax of invoices received in them; ``missing`` names sources of invoices that did not answer.
    ``withheld`` is the income tax of the month's payroll, None without one.
    """

    books: MonthBooks
    facts: TaxFacts
    first: Period
    last: Period
    register: Sequence[RegisterRow] = ()
    received: int = 0
    missing: tuple[str, ...] = ()
    withheld: int | None = None

    @property
    def sales(self) -> int:
        """Of the months by the books, without tax."""
        return -self.books.turnover(self.first, *self.facts.accounts.sales)

    @property
    def whole_sales(self) -> int:
        """The same, and what was told of the months before the books."""
        return self.sales + sum(each.sales for each in self.before)

    @property
    def before(self) -> Sequence[MonthBefore]:
        return self.facts.told_of(self.first)

    def told(self) -> str:
        """Where the months before the books were told of."""
        return f"/books/taxes?period={self.last.key}#months-before"

    def credits(self, *codes: str) -> int:
        return self.books.credits(self.first, *codes)

    def turned(self, *codes: str) -> int:
        """Debits less credits of the months."""
        return self.books.turnover(self.first, *codes)

    def account(self, code: str) -> str:
        """Where the entries of these months are read."""
        return f"/books/detail?account={code}&period={self.first.key}&to={self.last.key}"

    def invoices(self) -> str:
        return f"/books/sales?period={self.last.key}"


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
