"""What stands on one PDF page: glyphs and vertical rules, in points, origin top left, as seen by a reader."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterator
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from zhangfang_capture_ocr.reading.forms.page import Glyph, Page, Rule
from zhangfang_capture_ocr.reading.refusals import Refused

MAX_GLYPHS: Final = 20_000
_MAX_SEGMENTS: Final = 20_000
_SLANTED: Final = 0.09
"""Angle, in radians, from which print is slanted."""
_DEVICE: Final = 1_000_000
_STRAIGHT: Final = 1.0
_SHORTEST_RULE: Final = 8.0
_PATH_LINE: Final = 0
_PATH_MOVE: Final = 2


class _View:
    """Maps PDF user space to the page as seen: crop box, rotation and direction of y included."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.width, self.height = page.get_size()
        origin = self._device(page, 0, 0)
        right = self._device(page, 1000, 0)
        up = self._device(page, 0, 1000)
        self._x = (origin[0], (right[0] - origin[0]) / 1000, (up[0] - origin[0]) / 1000)
        self._y = (origin[1], (right[1] - origin[1]) / 1000, (up[1] - origin[1]) / 1000)

    def _device(self, page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
        column, row = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, _DEVICE, _DEVICE, 0, x, y, ctypes.byref(column), ctypes.byref(row))
        return column.value / _DEVICE * self.width, row.value / _DEVICE * self.height

    def point(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._x[0] + self._x[1] * x + self._x[2] * y,
            self._y[0] + self._y[1] * x + self._y[2] * y,
        )


def page_of(page: pypdfium2.PdfPage, index: int) -> Page:
    """Read one page. Raises `Refused` `pdf.too_much_text` beyond `MAX_GLYPHS`."""
    view = _View(page)
    glyphs = tuple(_without_echoes(_glyphs(page, view)))
    return Page(index, view.width, view.height, glyphs, tuple(_rules(page, view)))


def _glyphs(page: pypdfium2.PdfPage, view: _View) -> Iterator[Glyph]:
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > MAX_GLYPHS:
            raise Refused("pdf.too_much_text")
        box = pdfium.FS_RECTF()
        high = 0
        for index in range(count):
            # Spaces and line ends which PDFium guesses are left out: columns are told by coordinates.
            if pdfium.FPDFText_IsGenerated(text.raw, index) == 1:
                continue
            code = pdfium.FPDFText_GetUnicode(text.raw, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
            char = _plain(code)
            if char is None or not pdfium.FPDFText_GetLooseCharBox(text.raw, index, ctypes.byref(box)):
                continue
            if _is_slanted(pdfium.FPDFText_GetCharAngle(text.raw, index)):
                continue
            x0, y0 = view.point(box.left, box.bottom)
            x1, y1 = view.point(box.right, box.top)
            drawn = pdfium.FPDFText_GetTextObject(text.raw, index)
            run = ctypes.cast(drawn, ctypes.c_void_p).value or 0
            yield Glyph(char, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), run)
    finally:
        text.close()


def _is_slanted(radians: float) -> bool:
    """Whether a letter runs across the page, as those of watermarks do; forms print level or upright."""
    quarter = math.pi / 2
    return abs(radians - round(radians / quarter) * quarter) > _SLANTED


def _plain(code: int) -> str | None:
    """The character without control codes; radicals and compatibility ideographs as the characters they stand for."""
    if code < 0x20 or code == 0xFFFD or 0x7F <= code < 0xA0:
        return None
    char = chr(code)
    if 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF:
        return unicodedata.normalize("NFKC", char)
    return " " if char.isspace() else char


def _without_echoes(glyphs: Iterator[Glyph]) -> Iterator[Glyph]:
    """Drop characters drawn twice on the same spot, which is how some printers make bold type."""
    seen: set[tuple[str, int, int]] = set()
    for glyph in glyphs:
        if glyph.size <= 0:
            continue
        place = (glyph.char, round(glyph.left), round(glyph.middle))
        if glyph.char != " " and place in seen:
            continue
        seen.add(place)
        yield glyph


def _rules(page: pypdfium2.PdfPage, view: _View) -> Iterator[Rule]:
    budget = _MAX_SEGMENTS
    matrix = pdfium.FS_MATRIX()
    x, y = ctypes.c_float(), ctypes.c_float()
    for thing in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=1):
        count = pdfium.FPDFPath_CountSegments(thing.raw)
        budget -= count
        if budget < 0:
            return
        pdfium.FPDFPageObj_GetMatrix(thing.raw, ctypes.byref(matrix))
        before: tuple[float, float] | None = None
        first: tuple[float, float] | None = None
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(thing.raw, index)
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            here = view.point(
                matrix.a * x.value + matrix.c * y.value + matrix.e,
                matrix.b * x.value + matrix.d * y.value + matrix.f,
            )
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == _PATH_MOVE:
                first = here
            elif kind == _PATH_LINE and before is not None:
                yield from _rule(before, here)
            if pdfium.FPDFPathSegment_GetClose(segment) and first is not None:
                yield from _rule(here, first)
            before = here


def _rule(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Rule]:
    if abs(start[0] - end[0]) <= _STRAIGHT and abs(start[1] - end[1]) >= _SHORTEST_RULE:
        yield Rule((start[0] + end[0]) / 2, min(start[1], end[1]), max(start[1], end[1]))
