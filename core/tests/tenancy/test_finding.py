"""Names as they sound."""

import pytest

from zhangfang_core.tenancy.finding import initials, sounding


@pytest.mark.parametrize(
    ("name", "word", "piece"),
    [
        ("杭州味香餐饮有限公司", "wxcy", "味香餐饮"),
        ("重庆 A1(西湖)分店", "qa1(xh", "庆 A1(西湖"),
        ("味香味香", "wx", "味香"),
        ("味香餐饮", "yx", ""),
        ("味香餐饮", "", ""),
        ("", "a", ""),
    ],
)
def test_the_piece_that_sounds_so(name: str, word: str, piece: str) -> None:
    assert sounding(name, word) == piece


def test_signs_that_have_no_sound() -> None:
    assert initials("味香 Food(杭州)🍜") == "wxfood(hz)🍜"
