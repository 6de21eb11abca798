"""Figures of the business as formulas over accounts (DASH-1, DASH-6), read from a chart's ``measures.toml``.

Month's end empties the profit-and-loss accounts (结转损益). A figure on ``turnover`` therefore leaves out the vouchers of
kind ``closing``, whose turnover the monthly balances keep apart: it is the same before and after the month is closed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from zhangfang_core.ledger.charts.chart import Chart, ChartFault, Side
from zhangfang_core.ledger.charts.loading import load_chart

_FOLDER = Path(__file__).parent


class Basis(StrEnum):
    """What a figure is taken from: the balance at month's end, or the month's movement without closing vouchers."""

    CLOSING = "closing"
    TURNOVER = "turnover"


@dataclass(frozen=True, slots=True)
class Term:
    """An account with all below it. ``side`` debit means debit less credit, credit the reverse; ``sign`` is 1 or -1."""

    account: str
    side: Side
    sign: int


@dataclass(frozen=True, slots=True)
class Part:
    """Another figure that is added (``sign`` 1) or taken off (-1)."""

    measure: str
    sign: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: either ``terms`` on a ``basis``, or ``parts``. ``explanation`` is one plain Chinese sentence or two."""

    key: str
    title: str
    explanation: str
    basis: Basis | None
    terms: tuple[Term, ...]
    parts: tuple[Part, ...]
    floor_at_zero: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of one accounting standard, by key."""

    standard: str
    by_key: Mapping[str, Measure]

    def __getitem__(self, key: str) -> Measure:
        """Raises KeyError for a figure that the standard does not define."""
        return self.by_key[key]

    def terms(self, key: str) -> tuple[tuple[Basis, Term], ...]:
        """All account terms behind a figure, those of its parts included with their signs multiplied."""
        measure = self.by_key[key]
        found = [(measure.basis, term) for term in measure.terms if measure.basis is not None]
        for part in measure.parts:
            found += [(b, Term(t.account, t.side, t.sign * part.sign)) for b, t in self.terms(part.measure)]
        return tuple((basis, term) for basis, term in found if basis is not None)

    def value(self, key: str, closing: Mapping[str, int], turnover: Mapping[str, int]) -> int:
        """The figure in fen.

        ``closing`` maps leaf account codes to their balance at month's end, ``turnover`` to the month's movement
        without vouchers of kind ``closing``; both in fen, debit positive. Accounts left out count as zero.
        """
        measure = self.by_key[key]
        figures = closing if measure.basis is Basis.CLOSING else turnover
        total = sum(part.sign * self.value(part.measure, closing, turnover) for part in measure.parts)
        for term in measure.terms:
            debit = sum(amount for code, amount in figures.items() if code.startswith(term.account))
            total += term.sign * (debit if term.side is Side.DEBIT else -debit)
        return max(total, 0) if measure.floor_at_zero else total


@cache
def load_measures(standard: str) -> Measures:
    """The figures of ``standard``. Raises ChartFault for an unknown standard or data that contradict themselves."""
    chart = load_chart(standard)
    text = (_FOLDER / standard / "measures.toml").read_text(encoding="utf-8")
    return build_measures(standard, tomllib.loads(text), chart)


def build_measures(standard: str, data: Mapping[str, Any], chart: Chart) -> Measures:
    """Build and validate figures. A part names a figure that stands before it, so that there are no circles."""
    found: dict[str, Measure] = {}
    for key, value in data.items():
        measure = Measure(
            key=key,
            title=value["title"],
            explanation=value["explanation"],
            basis=Basis(value["basis"]) if "basis" in value else None,
            terms=tuple(Term(t["account"], Side(t["side"]), t["sign"]) for t in value.get("terms", ())),
            parts=tuple(Part(p["measure"], p["sign"]) for p in value.get("parts", ())),
            floor_at_zero=value.get("floor_at_zero", False),
        )
        if bool(measure.terms) == bool(measure.parts) or bool(measure.terms) != (measure.basis is not None):
            raise ChartFault(f"{key}: a figure has terms and a basis, or parts")
        for term in measure.terms:
            if term.account not in chart:
                raise ChartFault(f"{key}: the chart has no account {term.account}")
        for part in measure.parts:
            if part.measure not in found:
                raise ChartFault(f"{key}: no figure {part.measure} stands before it")
        if any(sign not in (1, -1) for sign in _signs(measure)):
            raise ChartFault(f"{key}: a sign is 1 or -1")
        found[key] = measure
    return Measures(standard, MappingProxyType(found))


def _signs(measure: Measure) -> list[int]:
    return [term.sign for term in measure.terms] + [part.sign for part in measure.parts]
