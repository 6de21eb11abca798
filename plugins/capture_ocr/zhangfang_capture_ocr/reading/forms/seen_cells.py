"""Recognised words by column. No rules are seen, so the figures tell the columns: amount, rate and tax stand in this order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from zhangfang_capture_ocr.reading.figures import number_of
from zhangfang_capture_ocr.reading.forms.columns import BEYOND, RATE, Column, Table, money_in, with_signs
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span
from zhangfang_capture_ocr.reading.forms.page import Glyph

_BETWEEN: Final = ("specification", "unit", "quantity", "unit_price")
_SUM: Final = re.compile(r"¥?-?[\d,]*\d\.\d{2}")


def seen_columns(words: Sequence[Span], table: Table) -> list[tuple[str, tuple[Glyph, ...]]]:
    """Recognised words by column: the amount is the sum left of the rate, the tax the one right of it, names are the leftmost words."""
    columns = {column.name: column for column in table.columns}
    size = words[0].size
    first, last = columns["name"].left - 2 * BEYOND * size, columns["tax"].right + BEYOND * size
    words = [word for word in words if first < word.centre and word.left < last and not _runs_downwards(word)]
    rates = [word for word in words if RATE.fullmatch(word.plain) and word.left > columns["amount"].left]
    sums = [word for word in words if _is_sum(word)]
    if rates:
        left = [word for word in sums if word.centre < rates[0].left]
        amount = left[-1] if left else None
        tax = next((word for word in sums if word.centre > rates[0].right), None)
    else:
        wide = [word for word in sums if word.centre > columns["amount"].left - 3 * word.size]
        amount, tax = (wide[0] if wide else None), (wide[1] if len(wide) > 1 else None)
    found = []
    for word in words:
        if word is amount:
            column = "amount"
        elif word is tax:
            column = "tax"
        elif rates and word is rates[0]:
            column = "rate"
        elif word in rates:
            column = "tax"
        else:
            column = _wordy_column(word, columns)
        found.append((column, word.glyphs))
    return found


def _runs_downwards(word: Span) -> bool:
    return word.glyphs[0].run < 0


def _is_sum(word: Span) -> bool:
    return _SUM.fullmatch(with_signs(word.plain)) is not None


def _wordy_column(word: Span, columns: Mapping[str, Column]) -> str:
    """Left of the other columns stand names; the rest belongs to the nearest heading before the amount."""
    first = min((columns[name].left for name in _BETWEEN if name in columns), default=columns["amount"].left)
    is_figure = number_of(word.plain) is not None
    if not is_figure and word.left < first - 2.5 * word.size:
        return "name"
    near = {
        name: column for name, column in columns.items() if name in (*_BETWEEN, *(() if is_figure else ("name", "rate")))
    }
    if not near:
        return "name"
    return min(near, key=lambda name: abs(near[name].centre - word.centre))


def seen_sums(sheet: Sheet, table: Table, label: Span) -> list[Span]:
    """The sums right of 合计 on a picture, on the line nearest to it: paper is seldom flat."""
    last = table.column("tax").right
    sums = [
        word
        for word in sheet.words
        if label.right < word.centre
        and word.left < last + BEYOND * word.size
        and abs(word.middle - label.middle) < 1.5 * sheet.line
        and money_in(word) is not None
    ]
    if not sums:
        return []
    nearest = min(sums, key=lambda word: abs(word.middle - label.middle))
    row = [word for word in sums if abs(word.middle - nearest.middle) < 0.8 * sheet.line]
    return sorted(row, key=lambda word: word.left)
