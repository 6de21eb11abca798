"""What must hold in an opening sheet, and what it tells of the year (LEDG-1)."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from zhangfang_core.ledger.opening.sheet import Key, changes, standing, year_to_date
from zhangfang_sdk.ledger import Account
from zhangfang_sdk.openings import OpeningLine


def account(code: str, category: str, side: str, *, is_leaf: bool = True) -> Account:
    return Account(code, code, code, None, category, side, is_leaf)


CHART = {
    a.code: a
    for a in (
        account("1002", "asset", "debit"),
        account("2202", "liability", "credit"),
        account("3001", "equity", "credit"),
        account("3103", "equity", "credit"),
        account("5001", "profit_and_loss", "credit"),
        account("5602", "profit_and_loss", "debit"),
        account("2221", "liability", "credit", is_leaf=False),
    )
}
WHOLE = [
    OpeningLine("1002", 900, 500, 100),
    OpeningLine("3001", -500),
    OpeningLine("3103", -400, 100, 500),
    OpeningLine("5001", 0, 500, 500),
    OpeningLine("5602", 0, 100, 100),
]


def test_a_whole_sheet_may_start() -> None:
    state = standing(WHOLE, CHART)
    assert (state.debit, state.credit, state.difference, state.turnover, state.may_start) == (900, 900, 0, 0, True)


def test_each_fault_is_seen() -> None:
    assert not standing([], CHART).may_start
    assert standing(WHOLE[:1], CHART).difference == 900
    assert standing([*WHOLE, OpeningLine("2202", 0, 7, 0)], CHART).turnover == 7
    assert standing([*WHOLE, OpeningLine("2221", 1), OpeningLine("9999", -1)], CHART).unknown == ("2221", "9999")
    assert standing([*WHOLE, OpeningLine("5001", -3), OpeningLine("1002", 3, party="甲")], CHART).result_left == -3


def test_results_of_the_year_are_told_with_and_without_their_carrying_over() -> None:
    assert year_to_date(WHOLE, CHART) == {"1002": 400, "3103": -400, "5001": -500, "5602": 100}
    assert year_to_date([OpeningLine("5001", 0, 0, 500), OpeningLine("5602", 0, 100, 0)], CHART) == {"5001": -500, "5602": 100}
    assert year_to_date([OpeningLine("5001", 0, 20, 500)], CHART) == {"5001": -480}


keys = st.tuples(
    st.sampled_from(sorted(CHART)), st.sampled_from(["", "甲", "乙"]), st.sampled_from([None, dt.date(2026, 1, 31)])
)


@given(st.dictionaries(keys, st.integers(-(10**12), 10**12)), st.dictionaries(keys, st.integers(-(10**12), 10**12)))
def test_what_stands_and_the_changes_are_what_is_wanted(wanted: dict[Key, int], stands: dict[Key, int]) -> None:
    lines = [OpeningLine(code, amount, party=party, due=due) for (code, party, due), amount in wanted.items()]
    after = dict(stands)
    for key, by in changes(lines, stands):
        assert by
        after[key] = after.get(key, 0) + by
    assert {k: v for k, v in after.items() if v} == {k: v for k, v in wanted.items() if v}
