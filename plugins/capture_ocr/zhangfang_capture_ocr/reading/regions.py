"""Parts of a page: the text in each, and readings of a part put back in their place on the whole page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhangfang_capture_ocr.reading.cutting import Tile, Word, tiles
from zhangfang_capture_ocr.reading.pdf_layout import Sheet, Span
from zhangfang_capture_ocr.reading.pdf_page import Glyph, Page, Rule
from zhangfang_capture_ocr.reading.values import Box, Reading

_WORD_GAP = 1.0
"""Gap between two words of a row, in heights of a letter."""


def parts_of(sheet: Sheet) -> list[tuple[Box | None, Page]]:
    """The page's documents, each as a page of its own, with the part of the page that it takes (None: all of it)."""
    found = tiles([_word(span) for span in words_of(sheet)])
    if len(found) == 1:
        return [(None, sheet.page)]
    boxes = [_box(tile, sheet.page.width, sheet.page.height) for tile in found]
    return [(box, _part(sheet.page, box)) for box in boxes]


def words_of(sheet: Sheet) -> list[Span]:
    """The text of a page, cut where wide gaps stand."""
    return [word for row in sheet.rows for word in _words(row)]


def _words(row: Span) -> list[Span]:
    groups: list[list[Glyph]] = []
    for glyph in (each for each in row.glyphs if each.char != " "):
        if groups and glyph.left - groups[-1][-1].right < _WORD_GAP * glyph.size:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    return [Span(row.page, tuple(group)) for group in groups]


def _word(span: Span) -> Word:
    wide = span.page.width or 1.0
    return Word(span.compact, span.left / wide, span.top / wide, span.right / wide, span.bottom / wide)


def _box(tile: Tile, width: float, height: float) -> Box:
    """A tile, which is in widths of the page, as shares of it."""
    tall = height / (width or 1.0)
    return Box(0, max(tile.left, 0.0), max(tile.top, 0.0) / tall, min(tile.right, 1.0), min(tile.bottom, tall) / tall)


def _part(page: Page, box: Box) -> Page:
    left, top = box.left * page.width, box.top * page.height
    right, bottom = box.right * page.width, box.bottom * page.height
    glyphs = tuple(
        replace(each, left=each.left - left, right=each.right - left, top=each.top - top, bottom=each.bottom - top)
        for each in page.glyphs
        if left <= each.centre < right and top <= each.middle < bottom
    )
    rules = tuple(
        Rule(each.x - left, each.top - top, each.bottom - top)
        for each in page.rules
        if left <= each.x <= right and each.bottom > top and each.top < bottom
    )
    return Page(page.index, right - left, bottom - top, glyphs, rules)


def put_back(reading: Reading, regions: Sequence[tuple[int, Box | None]]) -> Reading:
    """A reading of parts as one of whole pages: `regions` has the part that was read of each page."""
    parts = dict(regions)

    def back(box: Box | None) -> Box | None:
        part = parts.get(box.page) if box is not None else None
        if box is None or part is None:
            return box
        wide, high = part.right - part.left, part.bottom - part.top
        return Box(
            box.page,
            round(part.left + box.left * wide, 5),
            round(part.top + box.top * high, 5),
            round(part.left + box.right * wide, 5),
            round(part.top + box.bottom * high, 5),
        )

    fields = {name: replace(found, box=back(found.box)) for name, found in reading.fields.items()}
    return replace(reading, fields=fields, lines=tuple(replace(line, box=back(line.box)) for line in reading.lines))
