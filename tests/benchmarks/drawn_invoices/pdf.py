"""A :class:`~.surfaces.Surface` that becomes a PDF with embedded typefaces and a text layer."""

from __future__ import annotations

from pathlib import Path

from PIL.Image import Image
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]  # ships no types
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from .faces import embedded, runs
from .surfaces import BLACK, Align, Ink


class PdfSurface:
    def __init__(self, path: Path, wide: float, high: float) -> None:
        self._canvas = Canvas(str(path), pagesize=(wide, high), invariant=True)
        self._high = high

    def save(self) -> None:
        self._canvas.save()

    def next_page(self) -> None:
        self._canvas.showPage()

    def text(
        self, x: float, y: float, text: str, size: float, *, face: str = "song", align: Align = "left", ink: Ink = BLACK
    ) -> None:
        if not text:
            return
        start = x if align == "left" else x - self.width(text, size, face) / (2 if align == "centre" else 1)
        self._canvas.setFillColorRGB(*(part / 255 for part in ink))
        written = self._canvas.beginText(start, self._high - y)
        for found, part in runs(text, face):
            written.setFont(_registered(found), size)
            written.textOut(part)
        self._canvas.drawText(written)

    def width(self, text: str, size: float, face: str = "song") -> float:
        return float(sum(pdfmetrics.stringWidth(part, _registered(found), size) for found, part in runs(text, face)))

    def line(self, x0: float, y0: float, x1: float, y1: float, *, wide: float = 0.5, ink: Ink = BLACK) -> None:
        self._canvas.setStrokeColorRGB(*(part / 255 for part in ink))
        self._canvas.setLineWidth(wide)
        self._canvas.line(x0, self._high - y0, x1, self._high - y1)

    def image(self, picture: Image, x: float, y: float, wide: float, high: float) -> None:
        self._canvas.drawImage(ImageReader(picture), x, self._high - y - high, wide, high, mask="auto")


def _registered(face: str) -> str:
    font = embedded(face)
    if font.fontName not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(font)
    return str(font.fontName)
