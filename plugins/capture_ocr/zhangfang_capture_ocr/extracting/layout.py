"""Runs of text on a picture, straightened and put into rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zhangfang_capture_ocr.reading.figures import half_width
from zhangfang_capture_ocr.reading.values import Box
from zhangfang_sdk.recognition import TextBox

_SLOPES: Final = tuple(step / 200 for step in range(-30, 31))
"""Slopes of the lines that are tried, in heights of a line a width: up to about 8.5 degrees."""
_NARROW: Final = str.maketrans("【】〔〕［］；。", "()()[];.")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of text. Lengths are in widths of the page; `middle` is straightened, so that equal middles are one line."""

    text: str
    confidence: float
    left: float
    right: float
    middle: float
    height: float
    box: Box

    @property
    def plain(self) -> str:
        """The text without spaces, its signs narrow."""
        return re.sub(r"\s", "", half_width(self.text).translate(_NARROW))

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


class Sheet:
    """All runs of a page, from top to bottom. `page_shape` is the height in thousandths of the width."""

    def __init__(self, boxes: Sequence[TextBox], page_shape: int) -> None:
        self.shape = page_shape / 1000
        slope = slope_of(boxes, self.shape)
        runs = [_run(box, self.shape, slope) for box in boxes if box.text.strip()]
        self.runs = sorted(runs, key=lambda run: (run.middle, run.left))

    @cached_property
    def line(self) -> float:
        """The usual height of a line."""
        flat = sorted(run.height for run in self.runs if run.right - run.left > run.height)
        return flat[len(flat) // 2] if flat else 0.02

    @cached_property
    def rows(self) -> list[list[Run]]:
        """Runs by line, each from left to right."""
        rows: list[list[Run]] = []
        for run in self.runs:
            row = rows[-1] if rows else None
            if row is not None and abs(run.middle - sum(other.middle for other in row) / len(row)) < 0.5 * self.line:
                row.append(run)
            else:
                rows.append([run])
        return [sorted(row, key=lambda run: run.left) for row in rows]

    @cached_property
    def text(self) -> str:
        """Everything that stands on the page, line by line."""
        return "\n".join(" ".join(run.text for run in row) for row in self.rows)

    def beside(self, run: Run, reach: float = 1.0) -> list[Run]:
        """Runs right of `run` on its line, nearest first, as far as `reach`."""
        return sorted(
            (
                other
                for other in self.runs
                if other is not run
                and other.left > run.centre
                and other.left - run.right < reach
                and abs(other.middle - run.middle) < 0.6 * max(self.line, min(run.height, other.height))
            ),
            key=lambda other: other.left,
        )

    def between(self, top: float, bottom: float, left: float = 0.0, right: float = 1.0) -> list[Run]:
        """Runs whose centre lies in the rectangle."""
        return [run for run in self.runs if top < run.middle < bottom and left <= run.centre <= right]


def _run(box: TextBox, shape: float, slope: float) -> Run:
    centre = (box.left + box.right) / 2
    middle = (box.top + box.bottom) / 2 * shape - slope * centre
    place = Box(0, box.left, box.top, box.right, box.bottom)
    return Run(box.text, box.confidence, box.left, box.right, middle, (box.bottom - box.top) * shape, place)


def slope_of(boxes: Sequence[TextBox], shape: float) -> float:
    """How much lines fall per width: the slope at which the fewest lines hold all runs."""
    points = [((box.left + box.right) / 2, (box.top + box.bottom) / 2 * shape) for box in boxes]
    heights = sorted((box.bottom - box.top) * shape for box in boxes)
    if len(points) < 6:
        return 0.0
    bin_ = max(heights[len(heights) // 2] / 3, 0.002)

    def crowding(slope: float) -> tuple[int, float]:
        counts: dict[int, int] = {}
        for x, y in points:
            place = round((y - slope * x) / bin_)
            counts[place] = counts.get(place, 0) + 1
        return sum(count * count for count in counts.values()), -abs(slope)

    return max(_SLOPES, key=crowding)
