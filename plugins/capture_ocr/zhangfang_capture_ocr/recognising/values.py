"""Values of a recognition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zhangfang_sdk.recognition import TextBox
from zhangfang_sdk.texts import translatable

ENGINES: Final = translatable({"fast": "本机多模型核对（默认）", "paddle": "PaddleOCR", "rapid": "RapidOCR"})
"""The engines' ids with their titles, the usual one first."""
USUAL: Final = "fast"
CLOSER_READER: Final = "v5_closer"
FURTHER_READERS: Final = {"fast": ("small", "v5", CLOSER_READER)}
"""Readers that an engine has besides, in the order in which they are asked. PP-OCRv6 small is of the first one's family, PP-OCRv5 is not, and looks
twice where it is needed: at the whole line, and closer."""


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
