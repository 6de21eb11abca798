"""Cells that stand close below each other, which the finder takes for one line that runs downwards: parted by the rows of the table. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from zhangfang_capture_ocr.recognising.finder import Line

_SUM: Final = re.compile(r"[¥￥]?-?[\d,]*\d\.\d{2}")
_NARROW: Final = 4.0
"""How many times wider than its rows are high a stack of cells may be: units and quantities are short."""


def rows_of_stack(stack: Line, lines: Sequence[Line], texts: Sequence[str]) -> list[Line]:
    """The cells of a stack, from top to bottom; none where it is no stack.

    A row of a table holds a sum of money. ``lines`` with their ``texts`` are all of the picture; the rows within ``stack`` are those whose
    sums have their middle there, and each cell is as high as what stands nearest to it in its row.
    """
    left, top, right, bottom = stack.box
    sums = [line.box for line, text in zip(lines, texts, strict=True) if _SUM.fullmatch(text.replace(" ", ""))]
    within = sorted((box for box in sums if top < _middle(box) < bottom), key=_middle)
    if not within or right - left > _NARROW * max(box[3] - box[1] for box in within):
        return []
    rows = [within[0]]
    for box in within[1:]:
        if _middle(box) > rows[-1][3]:
            rows.append(box)
    if len(rows) < 2:
        return []
    others = [line.box for line in lines if line is not stack]
    return [_cell(left, right, _nearest(row, others, left, right)) for row in rows]


def _middle(box: tuple[float, float, float, float]) -> float:
    return (box[1] + box[3]) / 2


def _nearest(
    row: tuple[float, float, float, float],
    others: Sequence[tuple[float, float, float, float]],
    left: float,
    right: float,
) -> tuple[float, float, float, float]:
    """What stands in a row nearest to the stack: paper is seldom flat, and the sum may stand far."""
    high = row[3] - row[1]
    beside = [box for box in others if row[1] < _middle(box) < row[3] and box[3] - box[1] < 1.5 * high]
    return min(beside, key=lambda box: min(abs(box[0] - right), abs(left - box[2])))


def _cell(left: float, right: float, beside: tuple[float, float, float, float]) -> Line:
    top, bottom = beside[1], beside[3]
    return Line(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32))
