"""CAP-2: cells that the finder boxed as one column are read row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from zhangfang_capture_ocr.recognising.finder import Line
from zhangfang_capture_ocr.recognising.stacked import rows_of_stack

Placed = tuple[str, float, float, float, float]


def line(left: float, top: float, right: float, bottom: float) -> Line:
    return Line(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32))


ROWS: Sequence[Placed] = (
    ("*乳制品*鲜牛奶", 10, 100, 150, 120),
    ("52.16", 300, 98, 340, 118),
    ("1251.84", 400, 96, 460, 116),
    ("*纸制品*复印纸", 10, 122, 150, 142),
    ("157.65", 300, 120, 340, 140),
    ("315.30", 400, 118, 460, 138),
)
"""Two rows of a table on paper that rises to the right."""


def cells(stack: Placed, rows: Sequence[Placed] = ROWS) -> list[tuple[float, ...]]:
    placed = [*rows, stack]
    lines = [line(*box) for _, *box in placed]
    return [each.box for each in rows_of_stack(lines[-1], lines, [text for text, *_ in placed])]


def test_a_stack_is_parted_where_its_neighbours_stand() -> None:
    """The price beside it says where a row is, not the sum at the far end."""
    assert cells(("瓶包", 280, 99, 296, 141)) == [(280, 98, 296, 118), (280, 120, 296, 140)]


@pytest.mark.parametrize(
    "other",
    [
        ("瓶", 280, 98, 296, 118),
        ("密码区", 280, 200, 296, 290),
        ("价税合计", 20, 99, 260, 141),
    ],
    ids=["a cell", "a label beside rows without sums", "a wide one"],
)
def test_nothing_else_is_parted(other: Placed) -> None:
    assert cells(other) == []


def test_sums_of_one_row_are_one_row() -> None:
    """Amount and tax stand in the same row."""
    one_row = (("1251.84", 400, 100, 460, 120), ("162.74", 500, 102, 560, 122))
    assert cells(("瓶包", 280, 90, 296, 140), one_row) == []
