"""The lines of an invoice out of the table printed on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from zhangfang_capture_ocr.reading.figures import (
    classification_short,
    fen_of,
    half_width,
    number_of,
    printed_rate,
)
from zhangfang_capture_ocr.reading.pdf_layout import ROW_SLACK, Sheet, Span, spaced
from zhangfang_capture_ocr.reading.pdf_page import Glyph, Page
from zhangfang_capture_ocr.reading.values import Box, InvoiceLine

_HEADERS: Final = (
    ("name", re.compile(r"货物或应税劳务[、,]?服务名称|货物或应税劳务名称|项目名称")),
    ("specification", re.compile(r"规格型号")),
    ("unit", re.compile(r"单位")),
    ("quantity", re.compile(r"数量")),
    ("unit_price", re.compile(r"单价")),
    ("amount", re.compile(r"金额")),
    ("rate", re.compile(r"税率/征收率|税率|征收率")),
    ("tax", re.compile(r"税额")),
)
_REQUIRED: Final = frozenset({"name", "amount", "rate", "tax"})
_FIGURES: Final = ("quantity", "unit_price", "amount", "tax")
_RATE: Final = re.compile(r"\d{1,2}(\.\d+)?%|免税|不征税|出口零税率|普通零税率|零税率|简易征收|\*{1,3}")
_STARTS_ITEM: Final = re.compile(r"\*[^*]+\*")
_TOTALS: Final = re.compile(r"^(?:合计|小计)(?=[¥￥*\d-]|$)")
_TOTAL_WORDS: Final = re.compile(r"价税合计")
_CELL_GAP: Final = 0.6
_RUN_GAP: Final = 0.15
_ALIGN: Final = 0.7


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading's edges, and its cell's edges where the form is ruled."""

    name: str
    left: float
    right: float
    from_x: float
    to_x: float

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Table:
    """Headings of the table on one page.

    `ruled` tells whether every column is bounded by printed lines; `totals` is the label 合计 (小计 where a page
    has no other), `bottom` the height at which the first row of sums begins.
    """

    top: float
    bottom: float
    columns: tuple[Column, ...]
    ruled: bool
    totals: Span | None

    def column(self, name: str) -> Column:
        return next(each for each in self.columns if each.name == name)


@dataclass(slots=True)
class _Record:
    cells: dict[str, list[str]] = field(default_factory=dict)
    glyphs: list[Glyph] = field(default_factory=list)

    def add(self, cells: dict[str, Span]) -> None:
        for name, span in cells.items():
            self.cells.setdefault(name, []).append(spaced(span.glyphs))
            self.glyphs.extend(span.glyphs)

    def joined(self, name: str) -> str:
        return "".join(self.cells.get(name, ())).strip()


def table_of(sheet: Sheet) -> Table | None:
    """The table of a page, or None where it has none."""
    for row in sheet.rows:
        if "额" not in row.compact:
            continue
        band = sheet.within(0, row.middle - ROW_SLACK * row.size, sheet.page.width, row.middle + ROW_SLACK * row.size)
        heading = Span(sheet.page, tuple(sorted((g for part in band for g in part.glyphs), key=lambda g: g.left)))
        found = _headings(heading)
        if found.keys() >= _REQUIRED:
            return _table(sheet, heading, found)
    return None


def _headings(heading: Span) -> dict[str, Span]:
    text = heading.compact
    found: dict[str, Span] = {}
    start = 0
    for name, pattern in _HEADERS:
        match = pattern.search(text, start)
        if match is not None:
            found[name] = heading.part(*match.span())
            start = match.end()
    return found


def _table(sheet: Sheet, heading: Span, found: dict[str, Span]) -> Table:
    named = list(found.items())
    known = {id(glyph) for span in found.values() for glyph in span.glyphs}
    others = [glyph for glyph in heading.glyphs if glyph.char != " " and id(glyph) not in known]
    for number, cluster in enumerate(_clusters(others, heading.size)):
        named.append((f"other{number}", Span(sheet.page, cluster)))
    named.sort(key=lambda each: each[1].left)

    below = heading.middle + 2 * heading.size
    edges: list[float | None] = []
    for (_, before), (_, after) in pairwise(named):
        between = [
            rule.x
            for rule in sheet.page.rules
            if before.centre < rule.x < after.centre and rule.top < heading.bottom and rule.bottom > below
        ]
        middle = (before.right + after.left) / 2
        edges.append(min(between, key=lambda x: abs(x - middle)) if between else None)
    ruled = all(edge is not None for edge in edges)
    bounds = [0.0, *(edge or 0.0 for edge in edges), sheet.page.width]
    columns = tuple(
        Column(name, span.left, span.right, bounds[number], bounds[number + 1])
        for number, (name, span) in enumerate(named)
    )
    words = min((span.middle for span in sheet.find_all(_TOTAL_WORDS) if span.top > heading.bottom), default=None)
    limit = sheet.page.height if words is None else words
    totals = [span for span in sheet.find_all(_TOTALS) if heading.bottom < span.middle < limit]
    ends = [limit - heading.size, *(span.middle - 0.6 * span.size for span in totals)]
    return Table(heading.bottom, min(ends), columns, ruled, totals[-1] if totals else None)


def _clusters(glyphs: Sequence[Glyph], size: float) -> list[tuple[Glyph, ...]]:
    groups: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda each: each.left):
        if groups and glyph.left - groups[-1][-1].right < 1.2 * size:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    return [tuple(group) for group in groups]


def lines_of(sheet: Sheet, table: Table) -> list[InvoiceLine]:
    """The lines printed in the table of one page, top to bottom."""
    records: list[_Record] = []
    waiting: _Record | None = None
    for row in sheet.within(0, table.top, sheet.page.width, table.bottom):
        cells = cells_of(row, table)
        if _is_second_heading(cells):
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
    return [_line(sheet.page, record) for record in records]


def _is_second_heading(cells: dict[str, Span]) -> bool:
    """Whether the table of a special business (travel, freight, ...) begins: words alone in the figures' columns."""
    amount = cells.get("amount")
    return amount is not None and number_of(amount.compact) is None and not _RATE.fullmatch(amount.compact)


def cells_of(row: Span, table: Table) -> dict[str, Span]:
    """The glyphs of one row by column."""
    found: dict[str, list[Glyph]] = {}
    words = (
        [(_ruled_column(glyph, table), (glyph,)) for glyph in row.glyphs]
        if table.ruled
        else [(_open_column(word, table, number), word) for number, word in enumerate(_words(row.glyphs, table))]
    )
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
    if right > table.column("amount").right and _RATE.fullmatch(text):
        return min((table.column("rate"), table.column("tax")), key=distance).name
    wordy = [each for each in table.columns if each.name not in (*_FIGURES, "rate")]
    if number > 0:
        return min(wordy, key=distance).name
    at_left = [each for each in wordy if left >= each.left - _ALIGN * size]
    return at_left[-1].name if at_left else table.columns[0].name


def _line(page: Page, record: _Record) -> InvoiceLine:
    name = record.joined("name")
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
        rate=printed_rate(record.joined("rate")),
        tax=fen_of(record.joined("tax")),
        box=box,
    )


def sums_of(sheet: Sheet, table: Table) -> dict[str, Span]:
    """The sums printed in the row 合计 (or 小计) by column: `amount` and, where there is one, `tax`."""
    if table.totals is None:
        return {}
    beside = sheet.beside(table.totals)
    if beside is None:
        return {}
    middle = table.column("rate").centre
    found: dict[str, Span] = {}
    for word in _money_words(beside):
        found.setdefault("amount" if word.centre < middle else "tax", word)
    return found


def _money_words(span: Span) -> list[Span]:
    """Sums of money in a stretch, the currency sign joined with its digits however far it stands."""
    pattern = re.compile(r"[¥￥]?-?[\d,]+\.\d{2}(?!\d)")
    solid = Span(span.page, tuple(glyph for glyph in span.glyphs if glyph.char != " "))
    return [solid.part(*match.span()) for match in pattern.finditer(solid.compact)]
