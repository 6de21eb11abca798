"""A printed sheet as values, whatever it is written to; amounts are integer fen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Cell = str | int | Decimal | None
"""Text, an amount in fen, a quantity or price as it is, or nothing. Counts and line numbers are text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """``width`` in characters of Chinese text, roughly."""

    label: str
    amount: bool = False
    width: int = 10


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """``organisation`` is 编制单位, ``time`` the day or months it speaks of; ``form`` the form's official code."""

    title: str
    organisation: str
    time: str
    headings: Sequence[Heading]
    rows: Sequence[Row]
    form: str = ""
    landscape: bool = False
    prepared_by: str = ""
