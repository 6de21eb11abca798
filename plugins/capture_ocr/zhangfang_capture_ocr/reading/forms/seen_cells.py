"""Recognised words by column. No rules are seen, so the figures tell the columns: amount, rate and tax stand in this order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from zhangfang_capture_ocr.reading.forms.columns import (
    BETWEEN,
    BEYOND,
    RATE,
    Column,
    Table,
    money_in,
    with_signs,
    with_stars,
)
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span
from zhangfang_capture_ocr.reading.forms.page import Glyph

_INDENT: Final = 2.0
"""How far from the table's left edge a name may begin, in letters."""
_JOINED: Final = 1.0
_SUM: Final = re.compile(r"¥?-?[\d,]*\d\.\d{2}")


def seen_columns(words: Sequence[Span], table: Table) -> list[tuple[str, tuple[Glyph, ...]]]:
    """Recognised words by column: the amount is the sum left of the rate, the tax the one right of it, names are the leftmost words."""
    columns = {column.name: column for column in table.columns}
    size = words[0].size
    first, last = columns["name"].left - 2 * BEYOND * size, columns["tax"].right + BEYOND * size
    words = [word for word in words if first < word.centre and word.left < last and not _runs_downwards(word)]
    rates = [word for word in words if RATE.fullmatch(with_stars(word.plain)) and word.left > columns["amount"].left]
    sums = [word for word in words if _is_sum(word)]
    if rates:
        left = [word for word in sums if word.centre < rates[0].left]
        amount = left[-1] if left else None
        tax = next((word for word in sums if word.centre > rates[0].right), None)
    else:
        wide = [word for word in sums if word.centre > columns["amount"].left - 3 * word.size]
        amount, tax = (wide[0] if wide else None), (wide[1] if len(wide) > 1 else None)
    found = []
    name: Span | None = None
    for word in words:
        if word.left - table.start < _INDENT * word.size or (name is not None and _goes_on(name, word, table.names_end)):
            name = word
        if word is amount:
            column = "amount"
        elif word is tax:
            column = "tax"
        elif rates and word is rates[0]:
            column = "rate"
        elif word in rates:
            column = "tax"
        elif word is name:
            column = "name"
        else:
            column = _between(word, columns)
        found.append((column, word.glyphs))
    return found


def _runs_downwards(word: Span) -> bool:
    return word.glyphs[0].run < 0


def _is_sum(word: Span) -> bool:
    return _SUM.fullmatch(with_signs(word.plain)) is not None


def _goes_on(name: Span, word: Span, edge: float) -> bool:
    """Whether a word continues the name before it: it ends before the next heading, at `edge`, begins."""
    return 0 <= word.left - name.right < _JOINED * word.size and word.right < edge


def _between(word: Span, columns: Mapping[str, Column]) -> str:
    """The column between names and amounts whose heading is nearest; cells there are seldom centred."""
    near = [column for name, column in columns.items() if name in BETWEEN]
    if not near:
        return "name"

    def distance(column: Column) -> float:
        edges = (column.left - word.left, column.right - word.right, column.centre - word.centre)
        return min(abs(edge) for edge in edges)

    return min(near, key=distance).name


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
