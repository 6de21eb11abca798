"""Recognising the text of a picture: what an OCR vendor is given and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LONGEST_SIDE = 4_000


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A decoded picture: ``rgb`` holds ``width * height`` pixels of three bytes, row by row, at most ``LONGEST_SIDE`` a side.

    Raises ValueError when the sizes do not fit. Vendors get pixels, never a stranger's file.
    """

    width: int
    height: int
    rgb: bytes

    def __post_init__(self) -> None:
        if not (0 < self.width <= LONGEST_SIDE and 0 < self.height <= LONGEST_SIDE):
            raise ValueError(f"a bitmap of {self.width} x {self.height} pixels")
        if len(self.rgb) != self.width * self.height * 3:
            raise ValueError("the pixels do not fill the bitmap")


@dataclass(frozen=True, slots=True)
class TextBox:
    """One run of text. The sides are shares of the bitmap's width and height (0 to 1); ``confidence`` is the engine's own, 0 to 1.

    ``turned`` tells by how many degrees clockwise (0, 90, 180, 270) the bitmap must be turned for this text to stand upright. ``others``
    are what further, independent readers of the vendor read in the same place; empty where there was one reader.
    """

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float
    turned: int = 0
    others: tuple[str, ...] = ()


class TextRecogniser(Protocol):
    """What ``Vendor.open`` gives for the kind ``ocr``."""

    async def recognise(self, bitmap: Bitmap) -> Sequence[TextBox]:
        """Every run of text that is seen, in any order. Raises ``TimeoutError`` or ``OSError`` when the vendor is away: the next
        one in the firm's order is asked then."""
        ...
