"""The lines and sums of an invoice out of the table printed on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from zhangfang_capture_ocr.reading.figures import (
    classification_short,
    fen_of,
    half_width,
    number_of,
    printed_rate,
)
from zhangfang_capture_ocr.reading.forms.columns import MONEY, RATE, Column, Table, with_stars
from zhangfang_capture_ocr.reading.forms.item_names import starred
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span, spaced, tidied, words_in
from zhangfang_capture_ocr.reading.forms.page import Glyph, Page
from zhangfang_capture_ocr.reading.forms.seen_cells import seen_columns, seen_sums
from zhangfang_capture_ocr.reading.values import Box, InvoiceLine

_FIGURES: Final = ("quantity", "unit_price", "amount", "tax")
_SECOND_HEADINGS: Final = (
    "出行人", "有效身份证件号", "出行日期", "出发地", "到达地", "交通工具类型",
    "运输工具种类", "运输工具牌号", "起运地", "运输货物名称",
)  # fmt: skip
"""Headings of the tables that fully digital invoices of passenger and freight transport print below their lines."""
_SECOND_ENOUGH: Final = 2
_STARTS_ITEM: Final = re.compile(r"\*[^*]+\*")
_LATIN_END: Final = re.compile(r"[0-9A-Za-z)]$")
_CELL_GAP: Final = 0.6
_RUN_GAP: Final = 0.15
_ALIGN: Final = 0.7


@dataclass(slots=True)
class _Record:
    cells: dict[str, list[str]] = field(default_factory=dict)
    glyphs: list[Glyph] = field(default_factory=list)
    figures_end: float = 0.0

    def add(self, cells: dict[str, Span]) -> None:
        for name, span in cells.items():
            self.cells.setdefault(name, []).append(spaced(span.glyphs))
            self.glyphs.extend(span.glyphs)
        if "name" in cells and _LATIN_END.search(cells["name"].plain):
            # Specifications are written in figures and Latin letters; Chinese words that far right are of a long name.
            self.figures_end = max(self.figures_end, cells["name"].right)

    def joined(self, name: str) -> str:
        return "".join(self.cells.get(name, ())).strip()


def lines_of(sheet: Sheet, table: Table) -> list[InvoiceLine]:
    """The lines printed in the table of one page, top to bottom."""
    records: list[_Record] = []
    waiting: _Record | None = None
    for row in sheet.within(0, table.top, sheet.page.width, table.bottom):
        cells = cells_of(row, table)
        if _is_second_heading(row, cells):
            break
        name = cells["name"].compact if "name" in cells else ""
        if "amount" in cells and fen_of(cells["amount"].compact) is not None:
            if waiting is not None and not _STARTS_ITEM.match(name):
                record, waiting = waiting, None
            else:
                record, waiting = _Record(), None
            record.add(cells)
            records.append(record)
        elif _STARTS_ITEM.match(name) and (waiting is None):
            waiting = _Record()
            waiting.add(cells)
        elif waiting is not None:
            waiting.add(cells)
        elif records:
            records[-1].add(cells)
    return [_line(sheet.page, record, table) for record in records]


def _is_second_heading(row: Span, cells: dict[str, Span]) -> bool:
    """Whether the table of a special business (travel, freight, ...) begins: its headings, or words alone in the figures' columns."""
    if sum(heading in row.plain for heading in _SECOND_HEADINGS) >= _SECOND_ENOUGH:
        return True
    amount = cells.get("amount")
    return amount is not None and number_of(amount.compact) is None and not RATE.fullmatch(amount.compact)


def cells_of(row: Span, table: Table) -> dict[str, Span]:
    """The glyphs of one row by column."""
    found: dict[str, list[Glyph]] = {}
    words: list[tuple[str, tuple[Glyph, ...]]]
    if table.ruled:
        words = [(_ruled_column(glyph, table), (glyph,)) for glyph in row.glyphs]
    elif row.page.is_seen:
        words = seen_columns(words_in(row), table)
    else:
        words = [(_open_column(word, table, number), word) for number, word in enumerate(_words(row.glyphs, table))]
    for column, glyphs in words:
        found.setdefault(column, []).extend(glyphs)
    return {
        name: Span(row.page, tuple(glyphs))
        for name, glyphs in found.items()
        if any(glyph.char != " " for glyph in glyphs)
    }


def _ruled_column(glyph: Glyph, table: Table) -> str:
    return next((each.name for each in table.columns if glyph.centre < each.to_x), table.columns[-1].name)


def _words(glyphs: Iterable[Glyph], table: Table) -> list[tuple[Glyph, ...]]:
    """Split a row without rules where a wide gap stands, or where a new text run meets a column's left edge."""
    words: list[list[Glyph]] = []
    before: Glyph | None = None
    for glyph in glyphs:
        if glyph.char == " ":
            # A printed space belongs to its text, so that a name with wide spaces stays one word.
            if words and before is not None and glyph.left - before.right < _CELL_GAP * glyph.size:
                words[-1].append(glyph)
                before = glyph
            continue
        gap = glyph.left - before.right if before is not None else 0.0
        fresh = before is not None and glyph.run != before.run
        at_column = any(abs(glyph.left - each.left) < _ALIGN * glyph.size for each in table.columns)
        if not words or gap > _CELL_GAP * glyph.size or (fresh and (at_column or gap > _RUN_GAP * glyph.size)):
            words.append([])
        words[-1].append(glyph)
        before = glyph
    return [tuple(word) for word in words]


def _open_column(word: tuple[Glyph, ...], table: Table, number: int) -> str:
    """The column of a word where no rules are printed: figures stand by an edge, words by their left or centre."""
    solid = [glyph for glyph in word if glyph.char != " "]
    text = half_width("".join(glyph.char for glyph in solid))
    left, right, size = solid[0].left, solid[-1].right, solid[0].size
    centre = (left + right) / 2
    first_figure = min(each.left for each in table.columns if each.name in (*_FIGURES, "rate"))

    def distance(each: Column) -> float:
        return min(abs(right - each.right), abs(centre - each.centre), abs(left - each.left))

    if right > first_figure - size and number_of(text) is not None:
        return min((each for each in table.columns if each.name in _FIGURES), key=distance).name
    if right > table.column("amount").right and RATE.fullmatch(text):
        return min((table.column("rate"), table.column("tax")), key=distance).name
    wordy = [each for each in table.columns if each.name not in (*_FIGURES, "rate")]
    if number > 0:
        return min(wordy, key=distance).name
    at_left = [each for each in wordy if left >= each.left - _ALIGN * size]
    return at_left[-1].name if at_left else table.columns[0].name


def _line(page: Page, record: _Record, table: Table) -> InvoiceLine:
    name = starred(tidied(record.joined("name"))) if page.is_seen else record.joined("name")
    box: Box = Span(page, tuple(record.glyphs)).box
    return InvoiceLine(
        name=name,
        classification_short=classification_short(name),
        classification_code="",
        specification=record.joined("specification"),
        unit=record.joined("unit"),
        quantity=number_of(record.joined("quantity")),
        unit_price=number_of(record.joined("unit_price")),
        amount=fen_of(record.joined("amount")),
        rate=printed_rate(with_stars(record.joined("rate")) if page.is_seen else record.joined("rate")),
        tax=fen_of(record.joined("tax")),
        box=box,
        crossing=page.is_seen and record.figures_end > table.names_end,
    )


def sums_of(sheet: Sheet, table: Table) -> dict[str, Span]:
    """The sums printed in the row 合计 (or 小计) by column: `amount` and, where there is one, `tax`."""
    if table.totals is None:
        return {}
    if sheet.page.is_seen:
        words = seen_sums(sheet, table, table.totals)
    else:
        beside = sheet.beside(table.totals)
        words = _money_words(beside) if beside is not None else []
    middle = table.column("rate").centre
    found: dict[str, Span] = {}
    for word in words:
        found.setdefault("amount" if word.centre < middle else "tax", word)
    return found


def _money_words(span: Span) -> list[Span]:
    """Sums of money in a stretch; those of two columns are never one, however near they stand."""
    return [
        word.part(*match.span()) for word in words_in(span) for match in MONEY.finditer(word.plain)
    ]
