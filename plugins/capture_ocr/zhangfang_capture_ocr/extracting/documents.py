"""The documents on a recognised page, each read on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from zhangfang_capture_ocr.extracting import read_picture
from zhangfang_capture_ocr.extracting.layout import slope_of
from zhangfang_capture_ocr.reading import Box, Found, LeftOver, Place
from zhangfang_capture_ocr.reading.cutting import Word, tiles
from zhangfang_capture_ocr.reading.qr import PlacedCode
from zhangfang_capture_ocr.reading.regions import put_back
from zhangfang_capture_ocr.reading.titles import plain
from zhangfang_capture_ocr.seen_pages import SeenPage
from zhangfang_sdk.recognition import TextBox

_MARGIN: Final = 0.01
"""Paper around the text of one document, as a share of the page."""


def documents_on(page: SeenPage, index: int) -> tuple[list[Found], list[LeftOver]]:
    """Every document on one seen page, which is the one counted `index` in its file; and what looks like none."""
    found: list[Found] = []
    left: list[LeftOver] = []
    for region, boxes, codes in _regions(page):
        shape = page.shape if region is None else max(round(page.shape * _share(region)), 1)
        reading = read_picture(boxes, codes, shape)
        fields = {name: replace(each, box=_on(each.box, index)) for name, each in reading.fields.items()}
        lines = tuple(replace(line, box=_on(line.box, index)) for line in reading.lines)
        reading = put_back(replace(reading, fields=fields, lines=lines, page_shape=page.shape), [(index, region)])
        place = Place((index,), region)
        if region is not None and (reading.number is None or reading.total is None):
            left.append(LeftOver(place, "page.incomplete", reading.text))
        else:
            found.append(Found(place, reading))
    return found, left


def _regions(page: SeenPage) -> list[tuple[Box | None, list[TextBox], list[str]]]:
    """The text and codes of each document on the page, in shares of its own part of the page (None: all of it)."""
    shape = page.shape / 1000
    slope = slope_of(page.boxes, shape)

    def straight(x: float, y: float) -> float:
        return y * shape - slope * x

    words = []
    for box in page.boxes:
        x = (box.left + box.right) / 2
        words.append(Word(plain(box.text), box.left, straight(x, box.top), box.right, straight(x, box.bottom)))
    found = tiles(words)
    if len(found) == 1:
        return [(None, list(page.boxes), [code.text for code in page.codes])]
    regions: list[tuple[Box | None, list[TextBox], list[str]]] = []
    for tile in found:
        inside = [
            box
            for box in page.boxes
            if tile.holds((box.left + box.right) / 2, straight((box.left + box.right) / 2, (box.top + box.bottom) / 2))
        ]
        codes = [code for code in page.codes if tile.holds(code.x, straight(code.x, code.y))]
        region = _around(inside, codes)
        regions.append((region, [_within(box, region) for box in inside], [code.text for code in codes]))
    return regions


def _around(boxes: Sequence[TextBox], codes: Sequence[PlacedCode]) -> Box:
    left = min([box.left for box in boxes] + [code.x for code in codes])
    top = min([box.top for box in boxes] + [code.y for code in codes])
    right = max([box.right for box in boxes] + [code.x for code in codes])
    bottom = max([box.bottom for box in boxes] + [code.y for code in codes])
    return Box(
        0, max(left - _MARGIN, 0.0), max(top - _MARGIN, 0.0), min(right + _MARGIN, 1.0), min(bottom + _MARGIN, 1.0)
    )


def _within(box: TextBox, region: Box) -> TextBox:
    wide, high = region.right - region.left, region.bottom - region.top
    return replace(
        box,
        left=(box.left - region.left) / wide,
        top=(box.top - region.top) / high,
        right=(box.right - region.left) / wide,
        bottom=(box.bottom - region.top) / high,
    )


def _share(region: Box) -> float:
    """By how much taller or flatter a part is than the page."""
    return (region.bottom - region.top) / (region.right - region.left)


def _on(box: Box | None, index: int) -> Box | None:
    return None if box is None else replace(box, page=index)
