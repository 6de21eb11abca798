"""Reads single lines of text with recognition models, run straight on onnxruntime."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from zhangfang_capture_ocr.recognising.finder import Line
from zhangfang_capture_ocr.recognising.sessions import Pixels, session

_HEIGHT: Final = 48
_NARROWEST: Final = 16
_WIDEST: Final = 3_200
_UPRIGHT: Final = 1.5
"""How many times taller than wide a line is that is read turned on its side."""


class LineReader:
    """A CTC model and its alphabet: blank first, the space last."""

    def __init__(self, model: Path, alphabet: Path) -> None:
        self._trim = 0.0
        self._session = session(model)
        self._input = self._session.get_inputs()[0].name
        self._letters = ["", *alphabet.read_text(encoding="utf-8").rstrip("\n").split("\n"), " "]

    def closer(self, trim: float) -> LineReader:
        """The same reader, that cuts this share of a line's height off above and below before it reads."""
        made = copy.copy(self)
        made._trim = trim
        return made

    def read(self, line: Pixels) -> tuple[str, float]:
        """The text of one straightened line and the mean certainty of its letters."""
        edge = int(line.shape[0] * self._trim)
        line = line[edge : line.shape[0] - edge]
        high, wide = line.shape[:2]
        width = min(max(round(wide * _HEIGHT / max(high, 1)), _NARROWEST), _WIDEST)
        shaped = cv2.resize(line, (width, _HEIGHT)).astype(np.float32) / 127.5 - 1.0
        (chances,) = np.asarray(self._session.run(None, {self._input: shaped.transpose(2, 0, 1)[None]})[0])
        best = chances.argmax(axis=1)
        kept = [
            place for place, letter in enumerate(best) if letter and (place == 0 or letter != best[place - 1])
        ]
        if not kept:
            return "", 0.0
        text = "".join(self._letters[best[place]] for place in kept if best[place] < len(self._letters))
        return text, float(np.mean([chances[place, best[place]] for place in kept]))


def cut_out(bgr: Pixels, line: Line) -> Pixels:
    """One line as a level picture of its own; one that runs downwards lies on its side."""
    corners: NDArray[np.float32] = line.corners
    top_left, top_right, bottom_right, bottom_left = corners
    wide = int(max(_far(top_left, top_right), _far(bottom_left, bottom_right), 1.0))
    high = int(max(_far(top_left, bottom_left), _far(top_right, bottom_right), 1.0))
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(corners, target)
    level = cv2.warpPerspective(bgr, turn, (wide, high), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
    return np.asarray(np.rot90(level) if high >= _UPRIGHT * wide else level, dtype=np.uint8)


def _far(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.hypot(*(one - other)))


def read_lines(reader: LineReader, bgr: Pixels, lines: Sequence[Line]) -> list[tuple[str, float]]:
    """Each line's text with its certainty."""
    return [reader.read(cut_out(bgr, line)) for line in lines]
