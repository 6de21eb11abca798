"""In which order a day's lines happened, where the bank lists them as it likes: the balances tell."""

import datetime as dt
import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_books.bank.statements import StatementLine, in_order
from zhangfang_core.testing.pace import in_time

FIRST = dt.date(2026, 3, 5)
MANY, LONGEST_SECONDS = 50_000, 5.0


def told(amounts: list[int], *, days: int = 1) -> list[StatementLine]:
    balance, found = 0, []
    for n, amount in enumerate(amounts, 1):
        balance += amount
        found.append(StatementLine(n, FIRST + dt.timedelta(days=n * days // (len(amounts) + 1)), None, amount, balance))
    return found


@given(st.lists(st.integers(-5, 5).filter(bool), min_size=1, max_size=40), st.integers(1, 4), st.randoms(use_true_random=False))
def test_a_shuffled_file_is_put_in_an_order_that_the_balances_allow(amounts: list[int], days: int, chance: Random) -> None:
    lines = told(amounts, days=days)
    chance.shuffle(lines)
    lines.sort(key=lambda line: line.date)
    ordered, broken = in_order(lines)
    assert broken is None
    assert sorted(line.row for line in ordered) == list(range(1, len(amounts) + 1))


def test_a_line_that_lacks_is_named_where_it_lacks() -> None:
    lines = told([100, 250, -30, 70, 900])
    del lines[2]
    ordered, broken = in_order(lines)
    assert [line.row for line in ordered] == [1, 2, 4, 5]
    assert broken is not None
    assert broken.row == 4


@pytest.mark.parametrize("days", [1, 300])
def test_a_year_listed_as_the_bank_likes_takes_no_longer(days: int) -> None:
    lines = told([1 + n * 7919 % 100_003 - 40_000 for n in range(MANY)], days=days)
    lines.sort(key=lambda line: (line.date, line.row * 7919 % 50_021))
    started = time.monotonic()
    _, broken = in_order(lines)
    assert broken is None
    assert time.monotonic() - started <= in_time(LONGEST_SECONDS)
