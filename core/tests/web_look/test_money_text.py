"""PLAT-12: amounts and ratios are written the way people read them, from integers only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_core.web.money_text import MINUS, change, fen, percent, thousand, wan


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (-5, f"{MINUS}0.05"),
        (128643052, "1,286,430.52"),
        (-100, f"{MINUS}1.00"),
        (99999999999999, "999,999,999,999.99"),
    ],
)
def test_fen_writes_yuan_with_two_decimals(amount: int, written: str) -> None:
    assert fen(amount) == written


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_fen_loses_nothing(amount: int) -> None:
    digits = fen(amount).replace(",", "").replace(".", "").replace(MINUS, "-")
    assert int(digits) == amount


@pytest.mark.parametrize("wrong", [1.5, "100", True, None])
def test_anything_but_an_integer_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        fen(wrong)  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize(
    ("amount", "written"), [(68420000, "684"), (49999, "0"), (50000, "1"), (-49999, "0"), (-123456789, f"{MINUS}1,235")]
)
def test_thousand_rounds_half_up_without_a_minus_zero(amount: int, written: str) -> None:
    assert thousand(amount) == written


@pytest.mark.parametrize(
    ("amount", "written"), [(128643052, "128.6 万"), (-50000, f"{MINUS}0.1 万"), (49999, "0.0 万"), (-49999, "0.0 万")]
)
def test_wan(amount: int, written: str) -> None:
    assert wan(amount) == written


@pytest.mark.parametrize(
    ("now", "before", "written"),
    [
        (112600, 100000, "+12.6%"),
        (95900, 100000, f"{MINUS}4.1%"),
        (100000, 100000, "0.0%"),
        (100, 0, None),
        (-50, -100, "+50.0%"),
        (100, -100, "+200.0%"),
        (100001, 100000, "0.0%"),
    ],
)
def test_change_is_measured_against_the_size_of_before(now: int, before: int, written: str | None) -> None:
    assert change(now, before) == written


def test_percent_of_an_empty_whole_is_nothing() -> None:
    assert percent(5, 0) == "0.0%"
    assert percent(1, 3) == "33.3%"
    assert percent(-1, 2) == f"{MINUS}50.0%"
