"""Sheets of A4 that are written from top to bottom: headings, paragraphs, bars. Lengths are points."""

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # ships no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from zhangfang_sdk.printing import fitted, register_font, width, wrapped, write

MARGIN = 48.0
FOOT = 56.0
SIZE = 9.5
LEADING = 1.55
WIDE = A4[0] - 2 * MARGIN


class Paper:
    """What does not fit on a sheet goes on to the next one. ``foot`` stands at the foot of each. The same words make the same bytes."""

    def __init__(self, title: str, foot: str) -> None:
        register_font()
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        self._foot = foot
        self.sheets = 1
        self._y = A4[1] - MARGIN

    @property
    def left(self) -> float:
        """What is left of this sheet."""
        return float(self._y - FOOT)

    def title(self, text: str, under: str = "") -> None:
        write(self._canvas, MARGIN, self._y - 18, fitted(text, WIDE, 18), 18, bold=True)
        self._y -= 30
        if under:
            self.text(under, grey=True)
        self._y -= 6

    def heading(self, text: str) -> None:
        self._make_room(48)
        self._y -= 10
        write(self._canvas, MARGIN, self._y - 12, fitted(text, WIDE, 12), 12, bold=True)
        self._y -= 16
        self._canvas.setLineWidth(0.5)
        self._canvas.setStrokeGray(0.7)
        self._canvas.line(MARGIN, self._y, MARGIN + WIDE, self._y)
        self._canvas.setStrokeGray(0)
        self._y -= 6

    def text(self, text: str, *, indent: float = 0, bold: bool = False, grey: bool = False, size: float = SIZE) -> None:
        for line in wrapped(text, WIDE - indent, size):
            self._make_room(size * LEADING)
            self._canvas.setFillGray(0.4 if grey else 0)
            write(self._canvas, MARGIN + indent, self._y - size, line, size, bold=bold)
            self._canvas.setFillGray(0)
            self._y -= size * LEADING

    def bar(self, title: str, value: int | None, words: str) -> None:
        """A figure of 0 to 100 with its bar; None stands as no figure at all."""
        self._make_room(30)
        base = self._y - 12
        write(self._canvas, MARGIN, base, fitted(title, 110, 10), 10, bold=True)
        self._canvas.setFillGray(0.9)
        self._canvas.rect(MARGIN + 115, base - 1, 130, 9, stroke=0, fill=1)
        if value is not None:
            self._canvas.setFillGray(0.35)
            self._canvas.rect(MARGIN + 115, base - 1, 1.3 * value, 9, stroke=0, fill=1)
        self._canvas.setFillGray(0)
        write(self._canvas, MARGIN + 280, base, "—" if value is None else str(value), 11, "right", bold=True)
        write(self._canvas, MARGIN + 290, base, fitted(words, WIDE - 290, 8.5), 8.5)
        self._y -= 20

    def gap(self, high: float = 6) -> None:
        self._y -= high

    def height_of(self, paragraphs: Sequence[str], *, indent: float = 0, size: float = SIZE) -> float:
        """What these would take."""
        return sum(len(wrapped(text, WIDE - indent, size)) for text in paragraphs) * size * LEADING

    def next_sheet(self) -> None:
        self._end()
        self.sheets += 1
        self._y = A4[1] - MARGIN

    def bytes(self) -> bytes:
        """The file; nothing can be written on it any more."""
        self._end()
        self._canvas.save()
        return self._out.getvalue()

    def _make_room(self, high: float) -> None:
        if self.left < high:
            self.next_sheet()

    def _end(self) -> None:
        self._canvas.setFillGray(0.4)
        number = f"第 {self.sheets} 页"
        write(self._canvas, MARGIN, 34, fitted(self._foot, WIDE - width(number, 8) - 12, 8), 8)
        write(self._canvas, MARGIN + WIDE, 34, number, 8, "right")
        self._canvas.setFillGray(0)
        self._canvas.showPage()
