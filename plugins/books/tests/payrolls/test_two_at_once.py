"""Two people, or two tabs, at one payroll: one of them waits, and sees what the other did."""

import asyncio
import datetime as dt

import pytest

from payrolls.drawing import id_number
from zhangfang_books.importing.files_before import Source
from zhangfang_books.payroll import booking, confirming
from zhangfang_books.payroll.bringing import bring_in
from zhangfang_books.payroll.id_numbers import problem_of
from zhangfang_books.payroll.sheet import PersonRow, ReadSheet
from zhangfang_books.payroll.tables import Payroll, PayrollState
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft, VoucherState
from zhangfang_sdk.periods import Period, today

MONTH = Period.current()


async def confirmed(firm: TestFirm) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        row = Payroll(
            client=firm.trading, period=MONTH.number, state=PayrollState.CONFIRMED.value, people=1, gross=800_000, social=0, fund=0, tax=0,
            net=800_000, employer_social=0, employer_fund=0, sha256="x", file="x", why="", made_by="王会计", made_at=dt.datetime.now(dt.UTC),
            answered_by="李总",
        )  # fmt: skip
        await row.save()
        return int(row.id)


async def test_of_two_who_draft_at_once_one_is_refused(firm: TestFirm) -> None:
    payroll = await confirmed(firm)

    async def book() -> str:
        try:
            async with scoped_transaction(system_scope(firm.id)):
                await booking.book(await confirming.held(firm.trading, payroll))
        except Refusal as refusal:
            return refusal.code
        return ""

    assert sorted(await asyncio.gather(book(), book())) == ["", "payroll.booked"]
    async with scoped_transaction(system_scope(firm.id)):
        assert len(await use(Ledger).vouchers(firm.trading, state=VoucherState.DRAFT)) == 1


async def test_wages_that_the_books_have_already_are_told(firm: TestFirm) -> None:
    payroll = await confirmed(firm)
    async with acting(firm, "owner", client=firm.trading):
        assert await booking.booked_otherwise(await confirming.payroll_of(firm.trading, payroll)) == 0
    async with scoped_transaction(system_scope(firm.id)):
        lines = (Line("560201", "计提工资", debit=800_000), Line("221101", "计提工资", credit=800_000))
        await use(Ledger).post(await use(Ledger).draft(VoucherDraft(firm.trading, today(), "计提工资", lines)))
    async with acting(firm, "owner", client=firm.trading):
        assert await booking.booked_otherwise(await confirming.payroll_of(firm.trading, payroll)) == 800_000


@pytest.mark.parametrize("month", [Period(1990, 1), MONTH.plus(2)])
async def test_a_month_that_has_no_books_is_refused(firm: TestFirm, month: Period) -> None:
    person = PersonRow(1, "某某", id_number(1), 100, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0)
    with pytest.raises(Refusal, match="month_wrong"):
        async with acting(firm, "owner", client=firm.trading):
            await bring_in(firm.trading, month, ReadSheet([person]), Source("x", "x"), really=True)


@pytest.mark.parametrize("number", ["1" * 19, id_number(1) + "0", "9999991990010" + "²²²²X"])
def test_what_is_no_id_number_is_told_not_cut(number: str) -> None:
    assert problem_of(number) or not number.isdigit()
