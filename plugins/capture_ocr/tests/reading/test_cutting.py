"""CAP-1: a photograph of several invoices is cut between them, and through none."""

from __future__ import annotations

import random

import pytest

from zhangfang_capture_ocr.reading.cutting import Word, is_head, tiles

ROWS = ("电子发票（普通发票）", "发票号码：26332000000000000001", "项目名称 金额 税额", "*餐饮服务*餐费 100.00", "价税合计 ¥106.00")


def invoice(left: float, top: float, wide: float = 0.8, title: str = ROWS[0], slack: float = 0.0) -> list[Word]:
    """A title, two columns of words and a total, 0.3 high; `slack` shakes the places."""
    shaken = random.Random(str((left, top)))  # noqa: S311  # no secret
    words = [Word(title, left + 0.3 * wide, top + 0.02, left + 0.7 * wide, top + 0.05)]
    for row, text in enumerate(ROWS[1:], start=1):
        for column, part in enumerate(text.split()):
            x = left + column * wide * 0.4 + shaken.uniform(0, slack)
            y = top + 0.05 * row + 0.02 + shaken.uniform(0, slack)
            words.append(Word(part, x, y, x + wide * 0.3, y + 0.03))
    return words


def counts(words: list[Word]) -> list[int]:
    return [sum(1 for w in words if tile.holds((w.left + w.right) / 2, (w.top + w.bottom) / 2)) for tile in tiles(words)]


@pytest.mark.parametrize("slack", [0.0, 0.01])
def test_below_each_other(slack: float) -> None:
    """Every word falls to its own invoice."""
    size = len(invoice(0, 0))
    assert counts([*invoice(0.1, 0.0, slack=slack), *invoice(0.1, 0.35, slack=slack)]) == [size, size]


def test_beside_and_below() -> None:
    """A wide one above two narrow ones."""
    size = len(invoice(0, 0))
    words = [*invoice(0.05, 0.0), *invoice(0.02, 0.4, 0.4, "出租汽车发票"), *invoice(0.55, 0.45, 0.4, "A123456")]
    assert counts(words) == [size, size, size]


def test_one_invoice_is_never_cut() -> None:
    """However wide its gaps are: it has one head."""
    words = invoice(0.1, 0.0)
    spread = [Word(w.text, w.left, w.top * 4, w.right, w.top * 4 + 0.03) for w in words]
    assert len(tiles(spread)) == 1


def test_a_piece_of_a_neighbour_stays_with_it_but_has_no_sum() -> None:
    """The head of the next invoice at the edge is no invoice to be read: no cut without a sum on both sides."""
    words = [*invoice(0.1, 0.0), Word(ROWS[0], 0.3, 0.5, 0.7, 0.53)]
    assert len(tiles(words)) == 1


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("浙江增值税专用发票", True),
        ("电子发票（増值税专用发票）", True),
        ("Z12A012345", True),
        ("Z12012345", False),
        ("A123456", True),
        ("备注:对应增值税专用发票号码", False),
        ("本发票开具后请抵扣联入账，增值税专用发票", False),
        ("发票专用章", False),
    ],
)
def test_heads(text: str, head: bool) -> None:
    """Titles begin a document, also with a character misread; talk of invoices does not."""
    assert is_head(text) is head
