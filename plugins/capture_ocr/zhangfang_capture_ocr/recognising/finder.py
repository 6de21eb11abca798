"""Finds the lines of text on a picture with a detection model, run straight on onnxruntime."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from zhangfang_capture_ocr.recognising.sessions import Pixels, session

LONGEST_SIDE: Final = 1280
"""Side to which pictures are reduced for finding text; the lines themselves are read at full size."""
_STRIDE: Final = 32
_MEAN: Final = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_SPREAD: Final = np.array([0.229, 0.224, 0.225], dtype=np.float32)
_INK: Final = 0.2
"""Probability from which a pixel is text, and the mean of a line from which it is kept: the model's own settings."""
_LINE: Final = 0.4
_GROW: Final = 1.4
_SMALLEST: Final = 3.0
_MOST_LINES: Final = 1_500


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its corners in pixels, from the top left clockwise."""

    corners: NDArray[np.float32]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        (left, top), (right, bottom) = self.corners.min(axis=0), self.corners.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


class Finder:
    """Lines of a picture by a DB model (differentiable binarization)."""

    def __init__(self, model: Path) -> None:
        self._session = session(model)
        self._input = self._session.get_inputs()[0].name

    def find(self, bgr: Pixels) -> list[Line]:
        """All lines, from top to bottom."""
        height, width = bgr.shape[:2]
        scale = min(1.0, LONGEST_SIDE / max(height, width))
        across, down = (max(round(side * scale / _STRIDE), 1) * _STRIDE for side in (width, height))
        small = cv2.resize(bgr, (across, down)).astype(np.float32) / 255.0
        shaped = ((small - _MEAN) / _SPREAD).transpose(2, 0, 1)[None]
        ink = np.asarray(self._session.run(None, {self._input: shaped.astype(np.float32)})[0])[0, 0]
        found = [line for line in _lines(ink) if line is not None]
        stretch = np.array([width / across, height / down], dtype=np.float32)
        lines = [Line(corners * stretch) for corners in found]
        return sorted(lines, key=lambda line: (line.box[1], line.box[0]))


def _lines(ink: NDArray[np.float32]) -> list[NDArray[np.float32] | None]:
    mask = (ink > _INK).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return [_line(ink, np.asarray(outline)) for outline in outlines[:_MOST_LINES]]


def _line(ink: NDArray[np.float32], outline: NDArray[np.int32]) -> NDArray[np.float32] | None:
    """The corners of a line grown to the whole height of its letters, None for specks and faint ones."""
    (x, y), (wide, high), angle = cv2.minAreaRect(outline)
    if min(wide, high) < _SMALLEST or _mean(ink, outline) < _LINE:
        return None
    grown = wide * high * _GROW / (2 * (wide + high))
    corners = cv2.boxPoints(((x, y), (wide + 2 * grown, high + 2 * grown), angle))
    return _clockwise(np.asarray(corners, dtype=np.float32))


def _mean(ink: NDArray[np.float32], outline: NDArray[np.int32]) -> float:
    left, top, wide, high = cv2.boundingRect(outline)
    mask = np.zeros((high, wide), dtype=np.uint8)
    cv2.fillPoly(mask, [outline.reshape(-1, 2) - np.array([left, top])], 1)
    return float(cv2.mean(ink[top : top + high, left : left + wide], mask)[0])


def _clockwise(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Top left first: of the two left corners the upper one, then round."""
    by_x = corners[np.argsort(corners[:, 0])]
    left, right = by_x[:2], by_x[2:]
    (top_left, bottom_left), (top_right, bottom_right) = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([top_left, top_right, bottom_right, bottom_left], dtype=np.float32)
