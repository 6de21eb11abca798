"""Placed text and the rules printed between it: what every form reader reads, whatever it came from."""

from __future__ import annotations

from dataclasses import dataclass

from zhangfang_capture_ocr.reading.values import Source


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character; `run` tells which text object drew it, or in which box it was recognised."""

    char: str
    left: float
    top: float
    right: float
    bottom: float
    run: int

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        """Horizontal centre."""
        return (self.left + self.right) / 2

    @property
    def size(self) -> float:
        """Height, about one em."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Rule:
    """A vertical line of the printed form."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """The text and rules of one page, its lines level.

    `slope` is how much lines fell for each unit to the right before they were made level: boxes are told as they were.
    """

    index: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    source: Source = Source.PDF_TEXT
    slope: float = 0.0

    @property
    def is_seen(self) -> bool:
        """Whether the text was recognised on a picture: its letters may be wrong, its boxes are its words."""
        return self.source is Source.OCR
