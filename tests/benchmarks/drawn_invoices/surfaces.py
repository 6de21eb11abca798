"""What layouts draw on: a page of a PDF, an OFD or a picture. Lengths are points, from the top left corner; text stands on its base line."""

from __future__ import annotations

from typing import Literal, Protocol

from PIL.Image import Image

Ink = tuple[int, int, int]
Align = Literal["left", "centre", "right"]

BLACK: Ink = (20, 20, 20)
MAROON: Ink = (128, 20, 10)
RED: Ink = (205, 30, 35)
BLUE: Ink = (30, 60, 140)
GREEN: Ink = (20, 100, 60)
GREY: Ink = (110, 110, 110)


class Surface(Protocol):
    def text(
        self, x: float, y: float, text: str, size: float, *, face: str = "song", align: Align = "left", ink: Ink = BLACK
    ) -> None: ...

    def width(self, text: str, size: float, face: str = "song") -> float: ...

    def line(self, x0: float, y0: float, x1: float, y1: float, *, wide: float = 0.5, ink: Ink = BLACK) -> None: ...

    def image(self, picture: Image, x: float, y: float, wide: float, high: float) -> None:
        """``picture`` may be see-through (RGBA)."""
        ...

    def next_page(self) -> None: ...


def box(on: Surface, x: float, y: float, wide: float, high: float, *, line: float = 0.5, ink: Ink = BLACK) -> None:
    on.line(x, y, x + wide, y, wide=line, ink=ink)
    on.line(x, y + high, x + wide, y + high, wide=line, ink=ink)
    on.line(x, y, x, y + high, wide=line, ink=ink)
    on.line(x + wide, y, x + wide, y + high, wide=line, ink=ink)


def down(on: Surface, x: float, y: float, text: str, size: float, lead: float, *, face: str, ink: Ink) -> None:
    """One character below the other, as the heads of the parties' boxes are."""
    for n, mark in enumerate(text):
        on.text(x, y + n * lead, mark, size, face=face, align="centre", ink=ink)


def wrapped(on: Surface, text: str, wide: float, size: float, face: str) -> list[str]:
    """Lines no wider than ``wide``, broken anywhere as these forms do."""
    lines, line = [], ""
    for mark in text:
        if mark == "\n" or (line and on.width(line + mark, size, face) > wide):
            lines.append(line)
            line = ""
        line += "" if mark == "\n" else mark
    return [*lines, line] if line or not lines else lines
