"""A :class:`~.surfaces.Surface` that becomes a picture."""

from __future__ import annotations

from PIL import Image, ImageDraw

from .faces import pixels, runs
from .surfaces import BLACK, Align, Ink


class PictureSurface:
    """``wide`` and ``high`` are points, ``scale`` pixels a point. ``paper`` is its colour. It has one page."""

    def __init__(self, wide: float, high: float, *, scale: float = 2.6, paper: Ink = (255, 255, 255)) -> None:
        self.scale = scale
        self.picture = Image.new("RGB", (round(wide * scale), round(high * scale)), paper)
        self._draw = ImageDraw.Draw(self.picture)

    def next_page(self) -> None:
        raise ValueError("a picture has one page")

    def text(
        self, x: float, y: float, text: str, size: float, *, face: str = "song", align: Align = "left", ink: Ink = BLACK
    ) -> None:
        start = x if align == "left" else x - self.width(text, size, face) / (2 if align == "centre" else 1)
        pen = start * self.scale
        for found, part in runs(text, face):
            font = pixels(found, round(size * self.scale))
            self._draw.text((pen, y * self.scale), part, ink, font, anchor="ls")
            pen += font.getlength(part)

    def width(self, text: str, size: float, face: str = "song") -> float:
        return (
            sum(pixels(found, round(size * self.scale)).getlength(part) for found, part in runs(text, face))
            / self.scale
        )

    def line(self, x0: float, y0: float, x1: float, y1: float, *, wide: float = 0.5, ink: Ink = BLACK) -> None:
        ends = [(x0 * self.scale, y0 * self.scale), (x1 * self.scale, y1 * self.scale)]
        self._draw.line(ends, ink, max(1, round(wide * self.scale)))

    def image(self, picture: Image.Image, x: float, y: float, wide: float, high: float) -> None:
        scaled = picture.convert("RGBA").resize((round(wide * self.scale), round(high * self.scale)))
        self.picture.paste(scaled, (round(x * self.scale), round(y * self.scale)), scaled)
