"""累计预扣法: what is withheld of wages this month (国家税务总局公告2018年第61号第六条). Pure; amounts are fen, rates data with source and date."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "data" / "payroll" / "rates.toml"
TEN_THOUSAND = 10_000
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Earned:
    """One month of one person. ``special`` is 专项附加扣除 of the month, ``social`` and ``fund`` the person's own part, ``other`` further deductions."""

    gross: int
    exempt: int = 0
    social: int = 0
    fund: int = 0
    special: int = 0
    other: int = 0
    tax: int = 0


def withheld(months: Sequence[Earned], day: dt.date) -> int:
    """Tax of the last of ``months``: those of the year with this employer so far, in order; ``day`` is in the month of payment.

    Never below nothing: what was withheld too much is settled with the year (公告2018年第61号第六条). Raises LookupError where no rates are in
    force.
    """
    rates = next(iter(in_force("withholding", day)), None)
    if rates is None:
        raise LookupError(f"no rates of withholding on {day}")
    income = sum(m.gross - m.exempt - m.social - m.fund - m.special - m.other for m in months)
    taxable = max(income - rates["basic_a_month"] * len(months), 0)
    bracket = next(b for b in rates["brackets"] if taxable <= b.get("to", taxable))
    due: int = (taxable * bracket["rate"] * 2 + TEN_THOUSAND) // (TEN_THOUSAND * 2) - bracket["quick"]
    return max(due - sum(m.tax for m in months[:-1]), 0)


def source_on(day: dt.date) -> str:
    return next((str(row["source"]) for row in in_force("withholding", day)), "")


def in_force(kind: str, day: dt.date) -> list[Row]:
    """Rows of ``kind`` ("withholding", "social") that hold on ``day``."""
    return [r for r in _rates()[kind] if r["from"] <= day and (r.get("until") is None or day <= r["until"])]


@cache
def _rates() -> Mapping[str, Sequence[Row]]:
    return tomllib.loads(_FILE.read_text("utf-8"))
