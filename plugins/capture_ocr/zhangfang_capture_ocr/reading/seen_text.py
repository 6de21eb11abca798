"""Recognised text as a page of glyphs with level lines, so that forms are read off pictures as off print."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from zhangfang_capture_ocr.reading.forms.page import Glyph, Page
from zhangfang_capture_ocr.reading.values import Source
from zhangfang_sdk.recognition import TextBox

WIDTH: Final = 1000.0
"""Width of a page in its own units."""
_SLOPES: Final = tuple(step / 200 for step in range(-30, 31))
"""Slopes of the lines that are tried, in heights of a line a width: up to about 8.5 degrees."""
_WIDE: Final = 0x2E80
_NARROW_EM: Final = 0.55
_TALL: Final = 1.8
"""How many times taller than wide a box is whose letters stand below each other."""
_GLUED: Final = re.compile(r"(?<=[%税])(?=[¥￥]?\d+\.\d{2}$)|(?<=\d\.\d{2})(?=\d{1,2}%)")
"""Where two cells of a table were taken for one word: after a rate, before a rate."""


def page_of_text(boxes: Sequence[TextBox], shape: int, index: int) -> Page:
    """The page whose height is `shape` thousandths of its width."""
    tall = shape / 1000
    slope = slope_of(boxes, tall)
    glyphs = [glyph for run, box in enumerate(_words(boxes), start=1) for glyph in _glyphs(box, tall, slope, run)]
    return Page(index, WIDTH, WIDTH * tall, tuple(glyphs), (), Source.OCR, slope)


def _words(boxes: Sequence[TextBox]) -> Iterator[TextBox]:
    for box in boxes:
        cuts = [match.start() for match in _GLUED.finditer(box.text)]
        if not cuts:
            yield box
            continue
        at = _edges(box)
        for begin, end in zip((0, *cuts), (*cuts, len(box.text)), strict=True):
            # A hair between the two, so that they stay two words.
            yield TextBox(box.text[begin:end], box.confidence, at[begin], box.top, at[end] - 0.002, box.bottom)


def _edges(box: TextBox) -> list[float]:
    """The left edge of each letter and the right one of the last, by the usual widths of letters."""
    widths = [_em(char) for char in box.text]
    scale = (box.right - box.left) / (sum(widths) or 1.0)
    edges = [box.left]
    for width in widths:
        edges.append(edges[-1] + width * scale)
    return edges


def _em(char: str) -> float:
    return 1.0 if ord(char) >= _WIDE else _NARROW_EM


def _glyphs(box: TextBox, tall: float, slope: float, run: int) -> Iterator[Glyph]:
    high = (box.bottom - box.top) * tall
    wide = box.right - box.left
    text = box.text.strip()
    if len(text) > 1 and high > _TALL * wide:
        yield from _downwards(text, box, tall, slope, run)
        return
    ems = sum(map(_em, box.text)) or 1.0
    size = min(max(wide / ems, 0.6 * high), high) * WIDTH
    middle = ((box.top + box.bottom) / 2 * tall - slope * (box.left + box.right) / 2) * WIDTH
    edges = _edges(box)
    for place, char in enumerate(box.text):
        shown = " " if char.isspace() else char
        left, right = edges[place] * WIDTH, edges[place + 1] * WIDTH
        yield Glyph(shown, left, middle - size / 2, right, middle + size / 2, run)


def _downwards(text: str, box: TextBox, tall: float, slope: float, run: int) -> Iterator[Glyph]:
    left, right = box.left * WIDTH, box.right * WIDTH
    fall = slope * (left + right) / 2
    top, pitch = box.top * tall * WIDTH - fall, (box.bottom - box.top) * tall * WIDTH / len(text)
    size = min(pitch, right - left)
    for place, char in enumerate(text):
        middle = top + (place + 0.5) * pitch
        # Two letters below each other are two cells of a narrow column; more are a word.
        own = run * 1000 + place if len(text) == 2 else -run
        yield Glyph(char, left, middle - size / 2, right, middle + size / 2, own)


def slope_of(boxes: Sequence[TextBox], tall: float) -> float:
    """How much lines fall per width."""
    points = [((box.left + box.right) / 2, (box.top + box.bottom) / 2 * tall) for box in boxes]
    heights = sorted((box.bottom - box.top) * tall for box in boxes)
    return _slope(points, heights[len(heights) // 2] if heights else 0.0)


def levelled(page: Page) -> Page:
    """A part of a recognised page made level by itself: on one photograph each sheet lies in its own way."""
    runs: dict[int, list[Glyph]] = {}
    for glyph in page.glyphs:
        runs.setdefault(glyph.run, []).append(glyph)
    wide = page.width or 1.0
    centres = {run: sum(glyph.centre for glyph in glyphs) / len(glyphs) for run, glyphs in runs.items()}
    points = [
        (centres[run] / wide, sum(glyph.middle for glyph in glyphs) / len(glyphs) / wide)
        for run, glyphs in runs.items()
    ]
    sizes = sorted(glyph.size / wide for glyph in page.glyphs)
    slope = _slope(points, sizes[len(sizes) // 2] if sizes else 0.0)
    if not slope:
        return page
    glyphs = tuple(
        replace(each, top=each.top - slope * centres[each.run], bottom=each.bottom - slope * centres[each.run])
        for each in page.glyphs
    )
    return replace(page, glyphs=glyphs, slope=page.slope + slope)


def _slope(points: Sequence[tuple[float, float]], high: float) -> float:
    """The slope at which the fewest lines, `high` apart, hold all points."""
    if len(points) < 6:
        return 0.0
    step = max(high / 3, 0.002)

    def crowding(slope: float) -> tuple[int, float]:
        counts: dict[int, int] = {}
        for x, y in points:
            place = math.floor((y - slope * x) / step + 0.5)
            counts[place] = counts.get(place, 0) + 1
        return sum(count * count for count in counts.values()), -abs(slope)

    return max(_SLOPES, key=crowding)
