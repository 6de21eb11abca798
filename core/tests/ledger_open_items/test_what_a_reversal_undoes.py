"""What a reversal undoes, it undoes everywhere: settlements, ages of every day, control account, and what the original is called."""

import datetime as dt

import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.open_items.standing import ties_at
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.open_items import Match, OpenItems, Rule
from zhangfang_sdk.services import use


@pytest.fixture(autouse=True)
async def _of_one_person(firm: TestFirm) -> None:
    """So that one person may post the reversals that they drafted."""
    async with acting(firm, "owner"):
        await connection().execute("update core_firm set single_person = true where id = $1", firm.id)


async def posted(firm: TestFirm, amount: int, day: int) -> int:
    """A sale (more than zero) or a receipt of 甲公司, through the same services as a person's work; the item's id."""
    left, right = (("1122", "5001") if amount > 0 else ("1002", "1122"))
    lines = (
        Line(left, "", debit=abs(amount), counterparty="甲公司" if amount > 0 else ""),
        Line(right, "", credit=abs(amount), counterparty="" if amount > 0 else "甲公司"),
    )
    async with acting(firm):
        voucher = await use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2026, 3, day), "往来", lines, source="test"))
        await use(Ledger).post(voucher)
    return voucher * 1000 + (1 if amount > 0 else 2)


async def reversed_by(firm: TestFirm, voucher: int, day: int) -> int:
    async with acting(firm):
        red = await use(Ledger).reverse(voucher, dt.date(2026, 3, day), "开错了")
        await use(Ledger).post(red)
    return red


async def opened(firm: TestFirm, at: dt.date | None = None) -> dict[int, int]:
    async with acting(firm):
        items = await use(OpenItems).items(firm.restaurant, "1122", at=at)
        day = at or dt.date(2026, 4, 30)
        assert [t.difference for t in await ties_at(firm.restaurant, ["1122"], day)] == [0]
    return {i.id: i.open for i in items}


async def test_who_paid_a_reversed_invoice_has_paid_for_nothing_from_that_day(firm: TestFirm) -> None:
    sold, paid = await posted(firm, 500, 5), await posted(firm, -500, 10)
    async with acting(firm):
        step = await use(OpenItems).settle(firm.restaurant, [Match(sold, paid, 500)])
    red = await reversed_by(firm, sold // 1000, 20)
    assert await opened(firm) == {paid: -500}
    assert await opened(firm, dt.date(2026, 3, 15)) == {}, "that day it was settled"
    assert await opened(firm, dt.date(2026, 3, 7)) == {sold: 500}
    new = await posted(firm, 500, 8)
    async with acting(firm):
        await use(OpenItems).settle(firm.restaurant, [Match(new, paid, 500)])
    assert await opened(firm) == {}
    assert await opened(firm, dt.date(2026, 3, 15)) == {new: 500}, "the receipt was not free before the reversal"
    async with acting(firm):
        made = {s.step: s for s in await use(OpenItems).settlements(firm.restaurant, "1122")}
        assert (made[step].undone, made[step].until) == (True, dt.date(2026, 3, 20))
        of_reversal = next(s for s in made.values() if s.rule is Rule.REVERSAL)
        assert (of_reversal.debit, of_reversal.credit) == (sold, red * 1000 + 1)
        for number, code in ((of_reversal.step, "of_reversal"), (step, "undone")):
            with pytest.raises(Refusal, match=rf"open_items\.{code}"):
                await use(OpenItems).undo(number, "试试")


async def test_a_reversed_reversal_gives_everything_back(firm: TestFirm) -> None:
    """The items are open again, the original is called reversed no more, and is taken back by reversing the last one."""
    sold, paid = await posted(firm, 500, 5), await posted(firm, -200, 10)
    async with acting(firm):
        await use(OpenItems).settle(firm.restaurant, [Match(sold, paid, 200)])
    first = await reversed_by(firm, sold // 1000, 20)
    again = await reversed_by(firm, first, 22)
    assert await opened(firm) == {sold: 500, paid: -200}
    assert await opened(firm, dt.date(2026, 3, 21)) == {paid: -200}
    async with acting(firm):
        original = await use(Ledger).voucher(sold // 1000)
        assert original.reversed_by is None
        listed = await use(Ledger).vouchers(firm.restaurant)
        assert {v.id: v.reversed_by for v in listed if v.reversed_by} == {first: again}
        with pytest.raises(Refusal, match=r"ledger\.restored") as refused:
            await use(Ledger).reverse(original.id, dt.date(2026, 3, 25), "再来")
        assert refused.value.details == {"restored_by": again}
    await reversed_by(firm, again, 25)
    async with acting(firm):
        assert (await use(Ledger).voucher(original.id)).reversed_by == first
    assert await opened(firm) == {paid: -200}


async def test_a_step_is_undone_as_a_whole(firm: TestFirm) -> None:
    one, two, paid = await posted(firm, 300, 5), await posted(firm, 200, 6), await posted(firm, -500, 10)
    async with acting(firm):
        step = await use(OpenItems).settle(firm.restaurant, [Match(one, paid, 300), Match(two, paid, 150)])
    assert await opened(firm) == {two: 50, paid: -50}
    async with acting(firm):
        await use(OpenItems).undo(step, "配错了")
    assert await opened(firm) == {one: 300, two: 200, paid: -500}
    assert await opened(firm, dt.date(2026, 3, 15)) == {one: 300, two: 200, paid: -500}, "what a person undid counts at no day"
