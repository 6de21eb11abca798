"""The bar of proposals: nine of ten that belong to something rightly proposed, nothing wrong and sure, 10,000 lines within 20 s."""

import datetime as dt
import time

import pytest

from banking.generator import Year, year
from zhangfang_books.bank.matching.kinds import Line, Proposal, Rule, Target
from zhangfang_books.bank.matching.proposing import proposals_for
from zhangfang_core.testing.pace import in_time

LONGEST_SECONDS = 20.0
DAY = dt.date(2026, 3, 5)


def judged(drawn: Year, found: list[Proposal]) -> tuple[float, int, int]:
    """Share of the matchable lines that are rightly proposed, how many are sure, how many of those are wrong."""
    told = {line.id: (frozenset(t.key for t in p.targets), p.sure) for p in found for line in p.lines}
    right = sum(told.get(line, (frozenset(), False))[0] == keys for line, keys in drawn.truth.items())
    sure = [line for line, (_, is_sure) in told.items() if is_sure]
    wrong = sum(told[line][0] != drawn.truth.get(line) for line in sure)
    return right / len(drawn.truth), len(sure), wrong


@pytest.mark.parametrize("seed", range(8))
def test_nine_of_ten_are_right_and_what_is_sure_is_never_wrong(seed: int) -> None:
    drawn = year(seed, 1_000)
    share, sure, wrong = judged(drawn, proposals_for(drawn.lines, drawn.targets))
    print(f"seed {seed}: {share:.1%} right, {sure} sure, {wrong} wrong and sure")  # noqa: T201  # a measured figure of the run
    assert share >= 0.9
    assert wrong == 0
    assert sure > len(drawn.truth) // 20


def test_ten_thousand_lines() -> None:
    drawn = year(99, 10_000)
    started = time.monotonic()
    found = proposals_for(drawn.lines, drawn.targets)
    seconds = time.monotonic() - started
    share, sure, wrong = judged(drawn, found)
    print(f"10,000 lines in {seconds:.1f} s, {share:.1%} right, {sure} sure, {wrong} wrong")  # noqa: T201  # a measured figure of the run
    assert seconds <= in_time(LONGEST_SECONDS)
    assert share >= 0.9
    assert wrong == 0


def one(lines: list[Line], targets: list[Target]) -> Proposal:
    (found,) = proposals_for(lines, targets)
    return found


def test_one_payment_of_one_invoice_is_sure() -> None:
    assert one([Line(1, DAY, 113_001, "杭州晨光食品有限公司")], [Target("a", DAY, 113_001, "杭州晨光食品有限公司")]).sure


@pytest.mark.parametrize(
    "other",
    [
        Target("b", DAY, 113_001, "杭州晨光食品有限公司"),
        Target("b", DAY, 113_001, "杭州晨光食品有限公司滨江分公司"),
        Target("b", DAY, 113_001, ""),
        Target("b", DAY, 114_001, "杭州晨光食品有限公司"),
        Target("b", DAY, 226_002, "杭州晨光食品有限公司"),
    ],
    ids=["the same amount", "of a like name", "of nobody", "less a fee", "the half of a larger one"],
)
def test_what_could_be_otherwise_is_not_sure(other: Target) -> None:
    found = proposals_for([Line(1, DAY, 113_001, "杭州晨光食品有限公司")], [Target("a", DAY, 113_001, "杭州晨光食品有限公司"), other])
    assert [p.sure for p in found] == [False]


def test_other_payments_of_the_amount_are_in_doubt_too() -> None:
    lines = [Line(1, DAY, 113_001, "杭州晨光食品有限公司"), Line(2, DAY, 113_001, "不知名")]
    assert not any(p.sure for p in proposals_for(lines, [Target("a", DAY, 113_001, "杭州晨光食品有限公司")]))


def test_a_like_name_only_asks() -> None:
    found = one([Line(1, DAY, 113_001, "杭州晨先食品有限公司")], [Target("a", DAY, 113_001, "杭州晨光食品有限公司")])
    assert (found.rule, found.sure) == (Rule.ALIKE, False)


def test_split_merged_and_fees() -> None:
    split = one([Line(1, DAY, 30_000, "甲"), Line(2, DAY, 83_000, "甲")], [Target("a", DAY, 113_000, "甲")])
    assert (split.rule, len(split.lines)) == (Rule.SPLIT, 2)
    merged = one([Line(1, DAY, -113_000, "乙")], [Target("a", DAY, -30_000, "乙"), Target("b", DAY, -83_000, "乙")])
    assert (merged.rule, len(merged.targets)) == (Rule.MERGED, 2)
    fee = one([Line(1, DAY, 112_000, "丙")], [Target("a", DAY, 113_000, "丙")])
    assert (fee.rule, fee.fee) == (Rule.FEE, 1_000)
    assert [p.sure for p in (split, merged, fee)] == [False] * 3


def test_equal_amounts_of_each_month_go_to_the_voucher_of_their_days() -> None:
    """Nobody is named: insurance of three months, booked on the days on which it was paid."""
    days = [dt.date(2026, month, 12) for month in (1, 2, 3)]
    lines = [Line(n, day, -728_000, text="缴纳住房公积金") for n, day in enumerate(days)]
    targets = [Target(f"e{n}", day, -728_000, is_entry=True) for n, day in enumerate(days)]
    found = proposals_for(lines, targets)
    assert {(p.lines[0].id, p.targets[0].key, p.sure) for p in found} == {(n, f"e{n}", False) for n in range(3)}


def test_of_vouchers_of_one_party_the_nearest_day_is_meant() -> None:
    old, near = (Target(key, day, 50_001, "甲公司", is_entry=True) for key, day in (("old", DAY - dt.timedelta(30)), ("near", DAY)))
    assert one([Line(1, DAY, 50_001, "甲公司")], [old, near]).targets == (near,)


def test_a_part_leaves_the_rest_for_the_next_payment() -> None:
    target = Target("a", DAY, 113_000, "甲公司")
    found = proposals_for([Line(1, DAY, 33_900, "甲公司"), Line(2, DAY, 20_000, "甲公司", text="货款")], [target])
    assert [(p.rule, p.targets[0].amount, p.sure) for p in found] == [(Rule.PART, 113_000, False), (Rule.PART, 79_100, False)]


def test_a_deposit_is_no_part_and_no_voucher_is_paid_in_part() -> None:
    assert proposals_for([Line(1, DAY, 33_900, "甲公司", text="投标保证金")], [Target("a", DAY, 113_000, "甲公司")]) == []
    assert proposals_for([Line(1, DAY, 33_900, "甲公司")], [Target("a", DAY, 113_000, "甲公司", is_entry=True)]) == []


def test_the_end_of_an_invoice_number_names_it() -> None:
    other = Target("b", DAY, 50_000, "乙公司", text="记-12 发票 25332000000087654321")
    named = Target("a", DAY, 113_000, "甲公司", text="记-11 发票 25332000000012345678")
    assert one([Line(1, DAY, 113_000, "某人", text="付发票12345678")], [named, other]).targets == (named,)
    both = one([Line(1, DAY, 163_000, "某人", text="发票12345678、87654321")], [named, other])
    assert (both.rule, len(both.targets), both.sure) == (Rule.MERGED, 2, False)
