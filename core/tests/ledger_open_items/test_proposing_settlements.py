"""Which charges a payment settles, by which rule, and what a person did before (LEDG-6). Pure but for the last."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.open_items.choosing import chosen_by_hand
from zhangfang_core.ledger.open_items.proposing import proposed, rule_of
from zhangfang_core.testing.tenants import TestFirm, acting, somebody
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.open_items import Match, OpenItem, OpenItems, Rule
from zhangfang_sdk.services import use


def item(id_: int, open_: int, day: int = 1, text: str = "") -> OpenItem:
    return OpenItem(id_, id_, f"记-{id_:04d}", dt.date(2026, 3, day), None, "1122", None, "甲公司", open_, open_, text)


def taken(items: list[OpenItem], remembered: Rule | None = None) -> tuple[Rule, list[tuple[int, int]]]:
    (only,) = proposed(items, True, remembered)
    return only.rule, [(m.debit, m.amount) for m in only.matches]


def test_what_the_text_names_comes_first() -> None:
    """An invoice's number, the label of a voucher, a month; else the same amount, the nearest before the payment."""
    charges = [item(1, 300, 1, "销售 26332000000187654321"), item(2, 500, 2, "2月货款"), item(3, 500, 3)]
    assert taken([*charges, item(9, -500, 20, "付26332000000187654321部分")]) == (Rule.NAMED, [(1, 300)])
    assert taken([*charges, item(9, -500, 20, "收2月货款")]) == (Rule.NAMED, [(2, 500)])
    assert taken([*charges, item(9, -300, 20, "冲记-0003")]) == (Rule.NAMED, [(3, 300)])
    assert taken([*charges, item(9, -500, 20, "收12月货款")]) == (Rule.EQUAL, [(3, 500)])


def test_the_code_of_a_divided_account_names_nothing() -> None:
    """Every item that was carried over speaks of it; what its invoice was called is still said."""
    moved = [replace(item(n, a, n, f"科目 112201 余额转入 11220101:{t}"), account="11220101") for n, a, t in ((1, 300, "1月"), (2, 500, "2月"))]
    payment = replace(item(9, -500, 20, "科目 112201 余额转入 11220101:收款"), account="11220101")
    assert taken([*moved, payment]) == (Rule.EQUAL, [(2, 500)])
    assert taken([*moved, replace(payment, summary="收1月货款")]) == (Rule.NAMED, [(1, 300)])


def test_several_that_add_up_then_the_oldest_in_part() -> None:
    charges = [item(1, 300, 1), item(2, 400, 2), item(3, 500, 3)]
    assert taken([*charges, item(9, -900, 20)]) == (Rule.SUM, [(2, 400), (3, 500)])
    assert taken([*charges, item(9, -350, 20)]) == (Rule.OLDEST, [(1, 300), (2, 50)])
    assert taken([*charges, item(9, -5000, 20)]) == (Rule.OLDEST, [(1, 300), (2, 400), (3, 500)])


def test_what_the_person_did_before_goes_before_equal_amounts() -> None:
    charges = [item(1, 300, 1), item(2, 400, 2), item(3, 500, 3)]
    assert taken([*charges, item(9, -400, 20)], Rule.OLDEST) == (Rule.OLDEST, [(1, 300), (2, 100)])
    assert taken([*charges, item(9, -400, 20)], Rule.LATEST) == (Rule.LATEST, [(3, 400)])
    assert proposed([*charges, item(9, -400, 20)], True, Rule.LATEST)[0].remembered


@pytest.mark.parametrize(
    ("settled", "rule"),
    [
        ({1: 200}, Rule.OLDEST),
        ({1: 300}, Rule.EQUAL),
        ({3: 300}, Rule.LATEST),
        ({2: 300}, Rule.CHOSEN),
        ({1: 100, 3: 200}, Rule.CHOSEN),
    ],
)
def test_the_rule_is_read_off_what_a_person_chose(settled: dict[int, int], rule: Rule) -> None:
    charges = [item(1, 300, 1), item(2, 400, 2), item(3, 500, 3)]
    assert rule_of([item(9, -300, 20)], charges, settled) is rule


items_drawn = st.lists(st.integers(-50, 50).filter(bool), min_size=1, max_size=12).map(
    lambda amounts: [item(n, amount, 1 + n) for n, amount in enumerate(amounts, 1)]
)


@given(items_drawn, st.booleans(), st.sampled_from([None, *Rule]))
def test_no_item_is_proposed_beyond_what_is_open(items: list[OpenItem], is_debit: bool, remembered: Rule | None) -> None:
    """Whatever the amounts: every match is of a debit and a credit, and no more of either is used than there is."""
    left = {i.id: i.open for i in items}
    for proposal in proposed(items, is_debit, remembered):
        for match in proposal.matches:
            assert match.amount > 0
            left[match.debit] -= match.amount
            left[match.credit] += match.amount
    assert all(0 <= left[i.id] <= i.open or i.open <= left[i.id] <= 0 for i in items)
    assert not (any(v > 0 for v in left.values()) and any(v < 0 for v in left.values())) or any(
        p.rule is Rule.NAMED for p in proposed(items, is_debit, remembered)
    ), "a side is used up unless rules left something for another payment"


def test_both_sides_chosen_by_hand_go_as_far_as_they_say() -> None:
    chosen = [item(1, 300, 1), item(2, 400, 2), item(9, -500, 20)]
    assert chosen_by_hand(chosen, "") == [Match(1, 9, 300), Match(2, 9, 200)]
    assert chosen_by_hand(chosen, "3.50") == [Match(1, 9, 300), Match(2, 9, 50)]
    for wrong, amount, code in ((chosen[:2], "", "sides"), (chosen, "5.01", "too_much"), (chosen, "-1", "too_much")):
        with pytest.raises(Refusal, match=f"open_items.{code}"):
            chosen_by_hand(wrong, amount)


async def test_each_person_is_remembered_by_party(firm: TestFirm) -> None:
    """Who settled a counterparty's payment by the newest invoice is proposed the newest next time; nobody else is, nor another party."""
    c, other = firm.restaurant, await somebody(firm, "accountant")

    def booked(amount: int, day: int, who: str = "甲公司") -> VoucherDraft:
        side = Line("1122", "", counterparty=who, debit=max(amount, 0), credit=max(-amount, 0))
        bank = Line("1002", "", debit=max(-amount, 0), credit=max(amount, 0))
        return VoucherDraft(c, dt.date(2026, 3, day), "往来", (side, bank))

    async with acting(firm):
        await import_posted(c, [booked(n * 100, n, who) for n in (1, 2, 3, 4) for who in ("甲公司", "乙公司")])
        await import_posted(c, [booked(-30, 20)])
        items = await use(OpenItems).items(c, "1122")
        newest = next(i for i in items if i.open == 400 and i.counterparty == "甲公司")
        paid = next(i for i in items if i.open == -30)
        await use(OpenItems).settle(c, [Match(newest.id, paid.id, 30)])
        await import_posted(c, [booked(-50, 21), booked(-50, 21, "乙公司")])
        by_party = {p.payment.counterparty: p for p in await use(OpenItems).proposals(c, "1122")}
        assert (by_party["甲公司"].rule, by_party["甲公司"].remembered) == (Rule.LATEST, True)
        assert (by_party["乙公司"].rule, by_party["乙公司"].remembered) == (Rule.OLDEST, False)
    async with acting(firm, user=other):
        assert {p.rule for p in await use(OpenItems).proposals(c, "1122")} == {Rule.OLDEST}
