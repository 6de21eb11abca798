"""Values of a recognition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zhangfang_sdk.recognition import TextBox

ENGINES: Final = {"paddle": "PaddleOCR（默认）", "rapid": "RapidOCR", "fast": "PaddleOCR（快速）"}
"""The engines' ids with their titles."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of one picture. The boxes' sides are shares of the picture as it was given, of `width` by `height` pixels.

    `turned` tells by how many degrees clockwise (0, 90, 180, 270) the picture must be turned for its text to stand upright.
    `seconds` is the time spent in the engine, all attempts together.
    """

    boxes: tuple[TextBox, ...]
    turned: int
    width: int
    height: int
    engine: str
    seconds: float
