"""Plain figures of invoices: money, quantities, rates and dates from their written forms."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

_MAX_FEN = 10**15
_MAX_DIGITS = 40
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－，％／＊（）：￥−–", "0123456789.-,%/*():¥--")
_DATE = re.compile(r"(\d{4})\D{1,4}(\d{1,2})\D{1,4}(\d{1,2})(?!\d)")
_BEFORE_TIME = re.compile(r"(\d{4})[-/.年](\d{2})[-/.月](\d{2})日?(?=\d{2}:\d{2})")
_COMPACT_DATE = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%")


def half_width(text: str) -> str:
    """Digits and signs in their narrow forms, so that figures of any source compare."""
    return text.translate(_FULL_WIDTH)


def number_of(text: str) -> Decimal | None:
    """A decimal number, thousands separators and currency sign allowed; None when it is none."""
    plain = half_width(text).replace("¥", "").replace(",", "").replace(" ", "")
    if not plain or len(plain) > _MAX_DIGITS or not _NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def fen_of(text: str) -> int | None:
    """Money in yuan as integer fen; None when it is no number, has parts of a fen or is absurdly large."""
    value = number_of(text)
    if value is None:
        return None
    fen = value * 100
    if fen != fen.to_integral_value() or abs(fen) > _MAX_FEN:
        return None
    return int(fen)


def date_of(text: str) -> date | None:
    """The first date written in `text` (2026-05-19, 2026年5月19日, 20260519, `2026 05 19`, 2026-05-1909:30); None if there is none."""
    plain = half_width(text)
    found = _BEFORE_TIME.search(plain) or _DATE.search(plain) or _COMPACT_DATE.search("".join(plain.split()))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def printed_rate(text: str) -> str:
    """A rate in the form printed on invoices: `0.130000` and `13.00%` become `13%`; words stay as they are."""
    plain = half_width(text).strip()
    percent = _PERCENT.fullmatch(plain)
    if percent is not None:
        return f"{_short(Decimal(percent[1]))}%"
    value = number_of(plain)
    if value is not None and 0 <= value < 1:
        return f"{_short(value * 100)}%"
    return text.strip()


def rate_of(text: str) -> Fraction | None:
    """The rate as an exact fraction; None for 免税, 不征税, `***` and other words."""
    percent = _PERCENT.fullmatch(half_width(text).strip())
    return Fraction(Decimal(percent[1])) / 100 if percent is not None else None


def _short(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def classification_short(name: str) -> str:
    """The part of an item's name between its two stars (税收分类简称), or ""."""
    parts = half_width(name).split("*")
    starred = 3
    return parts[1].strip() if len(parts) >= starred and not parts[0].strip() else ""
