"""A confirmed payroll that was wrong: reopened with a reason while its voucher is not posted, and asked about again."""

import datetime as dt

import pytest

from payrolls.drawing import id_number
from zhangfang_books.importing.files_before import Source
from zhangfang_books.payroll import booking, confirming
from zhangfang_books.payroll.bringing import bring_in
from zhangfang_books.payroll.sheet import PersonRow, ReadSheet
from zhangfang_books.payroll.tables import PayrollState
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.payrolls import Payrolls, PayrollStep
from zhangfang_sdk.periods import Period

MONTH = Period.current()
WHY = "张三的奖金漏了"


def sheet(gross: int, deducted: int = 0) -> ReadSheet:
    return ReadSheet([PersonRow(3, "某某", id_number(1), gross, 0, 0, 0, 0, 0, 0, deducted, gross - deducted, 0, 0)])


async def brought(firm: TestFirm, read: ReadSheet, month: Period = MONTH) -> int:
    async with acting(firm, "owner", client=firm.trading):
        found = await bring_in(firm.trading, month, read, Source("x", "工资.xlsx"), really=True)
        assert found.payroll is not None
        return found.payroll


async def confirmed(firm: TestFirm, read: ReadSheet, month: Period = MONTH) -> int:
    payroll = await brought(firm, read, month)
    async with scoped_transaction(system_scope(firm.id)):
        row = await confirming.held(firm.trading, payroll)
        await confirming.answer(row, row.sha256, confirmed=True)
    return payroll


async def reopened(firm: TestFirm, payroll: int, why: str = WHY) -> None:
    async with acting(firm, "owner", client=firm.trading):
        await confirming.reopen(await confirming.held(firm.trading, payroll), why)


async def drafted(firm: TestFirm, payroll: int, deducted_to: str = "") -> int:
    async with acting(firm, "owner", client=firm.trading):
        return await booking.book(await confirming.held(firm.trading, payroll), deducted_to)


async def test_the_confirmation_is_void_and_the_boss_is_asked_again_with_the_reason(firm: TestFirm) -> None:
    payroll = await confirmed(firm, sheet(800_000))
    voucher = await drafted(firm, payroll)
    await reopened(firm, payroll)
    async with acting(firm, "owner", client=firm.trading):
        row = await confirming.payroll_of(firm.trading, payroll)
        assert (row.state, row.answered_by, row.answered_at, row.voucher, row.why) == (
            PayrollState.REOPENED,
            "",
            None,
            None,
            WHY,
        )
        assert (await use(Ledger).voucher(voucher)).state is VoucherState.DISCARDED
        standing = await use(Payrolls).standing(firm.trading, MONTH)
        assert standing is not None
        assert standing.step is PayrollStep.RETURNED
        (waits,) = [item for item in await confirming.returned_to_firm(9) if item.client == firm.trading]
        assert waits.note == WHY
    assert await brought(firm, sheet(900_000)) == payroll
    async with scoped_transaction(system_scope(firm.id)):
        (asked,) = [item for item in await confirming.waiting_for_client(9) if item.client == firm.trading]
        trail = await connection().fetchval(
            "select after::text from core_audit_entry where action = 'books.payroll_reopened'"
        )
    assert WHY in asked.note
    assert WHY in trail
    async with scoped_transaction(system_scope(firm.id)):
        row = await confirming.held(firm.trading, payroll)
        await confirming.answer(row, row.sha256, confirmed=True)
        assert (row.state, row.gross) == (PayrollState.CONFIRMED, 900_000)


@pytest.mark.parametrize(("why", "code"), [("", "why_missing"), (" \x00 ", "why_missing"), ("长" * 201, "why_long")])
async def test_without_a_reason_it_stays_confirmed(firm: TestFirm, why: str, code: str) -> None:
    payroll = await confirmed(firm, sheet(800_000))
    with pytest.raises(Refusal, match=code):
        await reopened(firm, payroll, why)


async def test_one_that_waits_is_replaced_not_reopened(firm: TestFirm) -> None:
    payroll = await brought(firm, sheet(800_000))
    with pytest.raises(Refusal, match="not_confirmed"):
        await reopened(firm, payroll)


async def test_what_is_posted_is_reversed_first(firm: TestFirm) -> None:
    payroll = await confirmed(firm, sheet(800_000))
    voucher = await drafted(firm, payroll)
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(voucher)
    with pytest.raises(Refusal, match="posted"):
        await reopened(firm, payroll)
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(
            await use(Ledger).reverse(voucher, dt.date(MONTH.year, MONTH.month, 1).replace(day=MONTH.last_day.day), WHY)
        )
    await reopened(firm, payroll)
    await brought(firm, sheet(900_000))


async def test_what_else_is_kept_back_goes_to_the_account_that_was_chosen_and_is_remembered(firm: TestFirm) -> None:
    """300 yuan of a meal allowance: wages are 8,000 to the credit and 300 to the debit, the account has them."""
    month = MONTH.plus(-1)
    first = await confirmed(firm, sheet(800_000, 30_000), month)
    async with acting(firm, "owner", client=firm.trading):
        row = await confirming.payroll_of(firm.trading, first)
        assert booking.deducted(row) == 30_000
        preset = await booking.deducted_to(row)
        assert preset.startswith("2241"), "其他应付款"
    voucher = await drafted(firm, first, "1221")
    async with acting(firm, "owner", client=firm.trading):
        lines = (await use(Ledger).voucher(voucher)).lines
        told = [(line.account, line.debit - line.credit) for line in lines]
        assert told == [("560201", 800_000), ("221101", -800_000), ("221101", 30_000), ("1221", -30_000)]
    second = await confirmed(firm, sheet(800_000, 10_000))
    async with acting(firm, "owner", client=firm.trading):
        assert await booking.deducted_to(await confirming.payroll_of(firm.trading, second)) == "1221"


async def told(firm: TestFirm) -> list[tuple[str, str, str]]:
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select kind, title, body from core_notice where kind like 'books.payroll%' order by id")
        return [(row["kind"], row["title"], row["body"]) for row in rows]


async def test_the_boss_is_told_that_a_payroll_waits_that_it_is_void_and_that_it_waits_again(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await make_member(login="boss@payroll.example", name="李总", password=OWNER_PASSWORD, role="boss", client=firm.trading)
    payroll = await confirmed(firm, sheet(800_000))
    await reopened(firm, payroll)
    await brought(firm, sheet(800_000))
    waits, void, again = await told(firm)
    assert (waits[0], void[0], again[0]) == ("books.payroll_to_confirm", "books.payroll_reopened", "books.payroll_to_confirm")
    assert [WHY in each[2] for each in (waits, void, again)] == [False, True, True]
    assert not any("8,000" in text for each in (waits, void, again) for text in each)
