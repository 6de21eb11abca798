"""Forms of statements and the rules of the cash flow, read from ``data/statements/*.toml``.

A line's formula is a sum of terms, each with a sign in front (the first may go without):

- ``d1001`` / ``c2001``: the account with all below it, debit less credit / credit less debit;
- ``dd1122`` / ``cc1122``: the same, but only what stands on that side, counted counterparty by counterparty;
- ``dp222101`` / ``cp222106``: the same of the account as one, nothing where it stands on the other side;
- ``unclosed``: revenue less cost that stands on profit-and-loss accounts and was not carried over (结转) yet;
- ``cash_opening``: money at the start of the column's time; ``cash_line``: the cash that was classified to this line;
- ``L15``: another line of the same form.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal["balance_sheet", "income", "cash_flow", "equity"]
Direction = Literal["in", "out"]

_FOLDER = Path(__file__).parent.parent / "data" / "statements"
_TERM = re.compile(r"([+-]?)\s*(unclosed|cash_opening|cash_line|dp|cp|dd|cc|d|c|L)(\d*)\s*")


class FormFault(ValueError):
    """Data of a form that contradict themselves: a fault of the product, never of a person."""


@dataclass(frozen=True, slots=True)
class Term:
    """``sign`` is 1 or -1; ``take`` is one of the words of the module's docstring; ``key`` an account or a line's number."""

    sign: int
    take: str
    key: str


@dataclass(frozen=True, slots=True)
class Line:
    """``number`` is the form's own (行次). ``strong`` lines are totals; ``inset`` ones are shares of the line above (其中)."""

    number: int
    name: str
    terms: tuple[Term, ...]
    strong: bool = False
    inset: bool = False
    side: str = "left"
    section: str = ""
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One statement of one standard. ``profit`` and ``cash`` name the lines that tie the three statements to one another."""

    standard: str
    kind: Kind
    title: str
    code: str
    source: str
    effective_from: dt.date
    lines: tuple[Line, ...]
    ties: Mapping[str, int]

    def line(self, number: int) -> Line:
        return next(line for line in self.lines if line.number == number)


@dataclass(frozen=True, slots=True)
class CashRule:
    """Which line the cash belongs to whose other side is one of ``accounts`` (with all below).

    ``words`` narrow the rule to summaries with one of them. A ``follows`` rule gives way to the line of the accounts
    beside it (input and output VAT) and holds only where there are none.
    """

    accounts: tuple[str, ...]
    incoming: int | None
    outgoing: int | None
    words: tuple[str, ...] = ()
    follows: bool = False


@dataclass(frozen=True, slots=True)
class CashRules:
    cash: tuple[str, ...]
    rules: tuple[CashRule, ...]


def standards() -> tuple[str, ...]:
    """The accounting standards that have forms, sorted."""
    return tuple(sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir()))


@cache
def form(standard: str, kind: Kind) -> Form:
    """Raises FormFault for a standard without forms and for formulas that cannot be read."""
    about = read_form(standard, kind)
    lines = tuple(_line(raw) for raw in about["lines"])
    known: set[int] = set()
    for line in lines:
        if line.number in known:
            raise FormFault(f"{standard} {kind}: line {line.number} twice")
        known.add(line.number)
    for line in lines:
        for term in line.terms:
            if term.take == "L" and int(term.key) not in known:
                raise FormFault(f"{standard} {kind}: line {line.number} reads line {term.key}, which is not there")
    return Form(
        standard,
        kind,
        about["title"],
        about["code"],
        about["source"],
        about["effective_from"],
        lines,
        about.get("ties", {}),
    )


@cache
def cash_rules(standard: str) -> CashRules:
    """The rules of the standard's cash flow statement; raises FormFault."""
    about = read_form(standard, "cash_flow")
    return CashRules(
        tuple(about["cash_accounts"]),
        tuple(
            CashRule(
                tuple(raw["accounts"]),
                raw.get("in"),
                raw.get("out"),
                tuple(raw.get("words", ())),
                bool(raw.get("follows", False)),
            )
            for raw in about["rules"]
        ),
    )


def read_form(standard: str, kind: str) -> dict[str, Any]:
    """The data of a form. Raises FormFault for one that the standard does not have."""
    path = _FOLDER / standard / f"{kind}.toml"
    if standard not in standards() or not path.is_file():
        raise FormFault(f"no form {kind} of {standard!r}")
    return tomllib.loads(path.read_text("utf-8"))


def _line(raw: Mapping[str, Any]) -> Line:
    return Line(
        raw["n"],
        raw["name"],
        parse(raw.get("take", "")),
        bool(raw.get("strong", False)),
        bool(raw.get("inset", False)),
        raw.get("side", "left"),
        raw.get("section", ""),
        raw.get("direction"),
    )


def parse(formula: str) -> tuple[Term, ...]:
    """Read a formula; an empty one is a line that is filled in by hand, zero here. Raises FormFault."""
    terms: list[Term] = []
    rest = formula.strip()
    while rest:
        match = _TERM.match(rest)
        if match is None or (terms and not match[1]):
            raise FormFault(f"formula {formula!r} cannot be read at {rest!r}")
        terms.append(Term(-1 if match[1] == "-" else 1, match[2], match[3]))
        rest = rest[match.end() :]
    return tuple(terms)
