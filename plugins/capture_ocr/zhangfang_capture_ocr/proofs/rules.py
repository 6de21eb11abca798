"""Numbers that the proofs go by, with where they come from and since when they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far, in fen, tax may be off the rounded product of amount and rate."""

    line_fen: int
    invoice_fen: int | None
    per_line_fen: int
    since: date
    source: str

    def for_invoice(self, lines: int) -> int:
        """Tolerance of the whole invoice with that many lines, fen."""
        summed = self.per_line_fen * max(lines, 1)
        return summed if self.invoice_fen is None else self.invoice_fen


CONTROLLED: Final = Tolerance(
    line_fen=6,
    invoice_fen=127,
    per_line_fen=6,
    since=date(2017, 7, 1),
    source="税控开票软件通行误差：单行税额误差不超过 0.06 元，整票累计不超过 1.27 元",
)
DIGITAL: Final = Tolerance(
    line_fen=1,
    invoice_fen=None,
    per_line_fen=1,
    since=date(2024, 12, 1),
    source="数电票由电子发票服务平台计税（国家税务总局公告2024年第11号），每行只有四舍五入到分的误差",
)


@dataclass(frozen=True, slots=True)
class NumberShape:
    """Digits of invoice codes and numbers."""

    code_lengths: tuple[int, ...]
    number_length: int
    source: str


CONTROLLED_SHAPE: Final = NumberShape(
    (10, 12), 8, "税控发票：代码 10 或 12 位，号码 8 位（国家税务总局公告2015年第84号）"
)
DIGITAL_SHAPE: Final = NumberShape(
    (), 20, "数电票：号码 20 位，第 1-2 位为年份，无代码（国家税务总局公告2024年第11号）"
)

FIRST_INVOICE: Final = date(1994, 1, 1)
"""增值税专用发票 exist since 1994-01-01 (增值税暂行条例, 国务院令第134号); no earlier date is plausible."""
FIRST_DIGITAL: Final = date(2021, 12, 1)
"""数电票 were first issued on 2021-12-01 (pilots in Guangdong, Inner Mongolia and Shanghai)."""

PERSONS: Final = frozenset({"个人", "个人(个人)"})
"""Buyers' names that stand for a private person, brackets narrow."""

UNITS: Final = frozenset(Path(__file__).with_name("units.txt").read_text(encoding="utf-8").split())
"""Units in which goods and services are usually invoiced, Latin letters small. On a picture any other is looked at."""
