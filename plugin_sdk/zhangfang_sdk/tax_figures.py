"""What a return of a tax and period would say, line by line, with the way each figure was come by. Figures, not filings.

A rule compares the burden of a client with its trade::

    vat = await use(TaxFigures).figures(client, Tax.VAT, Period(2026, 10), Period(2026, 10))
    payable = vat.value("应纳税额")

A page tells the boss why the tax is what it is::

    vat = await use(TaxFigures).figures(client, Tax.VAT, first, last)
    steps = vat.line("应纳税额").derivation
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


class Tax(StrEnum):
    """增值税, 附加税费, 企业所得税, 个人所得税, 印花税."""

    VAT = "vat"
    SURCHARGES = "surcharges"
    CIT = "cit"
    IIT = "iit"
    STAMP = "stamp"


TAX_TITLES: Mapping[Tax, str] = {
    Tax.VAT: "增值税",
    Tax.SURCHARGES: "附加税费",
    Tax.CIT: "企业所得税",
    Tax.IIT: "个人所得税",
    Tax.STAMP: "印花税",
}
"""What people call each."""


@dataclass(frozen=True, slots=True)
class Step:
    """One addend: ``source`` is the law's paragraph with its date of effect, or "账" for what the books say; ``path`` leads there."""

    title: str
    amount: int
    source: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A line of the return by its official name. ``amount`` in fen is the sum of its ``derivation``."""

    name: str
    amount: int
    derivation: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ReturnFigures:
    """``doubts`` are Chinese sentences: what a person must decide before it is filed. ``rules_of`` says of which day the rules are.

    ``paths`` leads from a doubt to the client's page where it is looked into, for those that have one.
    """

    tax: Tax
    first: Period
    last: Period
    lines: tuple[FigureLine, ...]
    doubts: tuple[str, ...] = ()
    rules_of: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)

    def line(self, name: str) -> FigureLine:
        """Raises KeyError."""
        found = {line.name: line for line in self.lines}
        return found[name]

    def value(self, name: str) -> int:
        """Fen. Raises KeyError."""
        return self.line(name).amount


class TaxFigures(Protocol):
    """Worked out anew from books and invoices in the caller's transaction; nothing is kept."""

    @needs("taxes.read")
    async def figures(self, client: int, tax: Tax, first: Period, last: Period) -> ReturnFigures:
        """Of the return that covers exactly these months. The person needs ``taxes.read``.

        Raises Refusal ``common.not_found`` (client out of scope), ``taxes.no_return`` (that client files none for it),
        ``taxes.no_rules`` (no rules are known for the period).
        """
        ...
