"""Parts of a page: the text in each, and readings of a part put back in their place on the whole page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhangfang_capture_ocr.reading.cutting import Tile, Word, tiles
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span
from zhangfang_capture_ocr.reading.forms.page import Page, Rule
from zhangfang_capture_ocr.reading.qr import PlacedCode
from zhangfang_capture_ocr.reading.seen_text import levelled
from zhangfang_capture_ocr.reading.values import Box, Reading


@dataclass(frozen=True, slots=True)
class Part:
    """One document's part of a page, as a page of its own; `region` is where it lies (None: all of the page), `codes` its QR codes."""

    page: Page
    region: Box | None
    codes: tuple[str, ...]


def parts_of(sheet: Sheet, codes: Sequence[PlacedCode]) -> list[Part]:
    """The documents of a page. `codes` stand on the page as it was, before its lines were made level."""
    page = sheet.page
    found = tiles([_word(span) for span in sheet.words])
    if len(found) == 1:
        return [Part(page, None, tuple(code.text for code in codes))]
    tall = page.height / (page.width or 1.0)
    level = [(code.text, code.x, code.y * tall - page.slope * code.x) for code in codes]
    return [
        Part(_part(page, tile), _box(tile, page), tuple(text for text, x, y in level if tile.holds(x, y)))
        for tile in found
    ]


def _word(span: Span) -> Word:
    wide = span.page.width or 1.0
    return Word(span.compact, span.left / wide, span.top / wide, span.right / wide, span.bottom / wide)


def _within(tile: Tile, page: Page) -> Tile:
    tall = page.height / (page.width or 1.0)
    return Tile(max(tile.left, 0.0), max(tile.top, 0.0), min(tile.right, 1.0), min(tile.bottom, tall))


def _box(tile: Tile, page: Page) -> Box:
    """A tile, which is in widths of the level page, as shares of the page as it was."""
    inside, tall = _within(tile, page), page.height / (page.width or 1.0)
    fall = page.slope * inside.left
    return Box(page.index, inside.left, (inside.top + fall) / tall, inside.right, (inside.bottom + fall) / tall)


def _part(page: Page, tile: Tile) -> Page:
    inside = _within(tile, page)
    left, top, right, bottom = (edge * page.width for edge in (inside.left, inside.top, inside.right, inside.bottom))
    glyphs = tuple(
        replace(each, left=each.left - left, right=each.right - left, top=each.top - top, bottom=each.bottom - top)
        for each in page.glyphs
        if tile.holds(each.centre / page.width, each.middle / page.width)
    )
    rules = tuple(
        Rule(each.x - left, each.top - top, each.bottom - top)
        for each in page.rules
        if left <= each.x <= right and each.bottom > top and each.top < bottom
    )
    part = replace(page, width=right - left, height=bottom - top, glyphs=glyphs, rules=rules)
    return levelled(part) if page.is_seen else part


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
