"""A client taken over in July: the year's columns hold the whole year, the opening is no event of any month (LEDG-2)."""

import datetime as dt

import pytest

from months.test_worked_months import brought
from zhangfang_books import reading
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.opening.service import save
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft, VoucherKind
from zhangfang_sdk.periods import Period

JULY = Period(2025, 7)
OPENING = {"1002": 115_000, "1122": 30_000, "2202": -10_000, "3001": -100_000, "310415": -5_000, "3103": -30_000}
HALF_YEAR = {"1002": 15_000, "1122": 10_000, "2202": 5_000, "3103": -30_000, "5001": -60_000, "5401": 30_000}
CASH = {1: 50_000_00, 3: 35_000_00}
BOOKED = [
    (3, "零售", {"1002": 10_000, "5001": -10_000}),
    (20, "付电话费", {"560212": 2_000, "1002": -2_000}),
    (31, "结转本期损益", {"5001": 10_000, "560212": -2_000, "3103": -8_000}),
]


def lines(amounts: dict[str, int], party: str = "") -> tuple[Line, ...]:
    return tuple(
        Line(code, "", max(v, 0) * 100, max(-v, 0) * 100, party if code.startswith(("11", "22")) else "")
        for code, v in amounts.items()
    )


async def taken_over(firm: TestFirm, turnover: dict[str, int], cash: dict[int, int]) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        new = NewClient("七月接手", "91330106MA2TEXT41B", TaxpayerKind.SMALL_SCALE, "trading", JULY.first_day)
        client = await use(Clients).take_on(new)
    opening = VoucherDraft(client, dt.date(2025, 6, 30), "期初余额", lines(OPENING, "甲公司"), kind=VoucherKind.OPENING)
    drafts = [VoucherDraft(client, dt.date(2025, 7, day), text, lines(v)) for day, text, v in BOOKED]
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(client, [opening, *drafts])
        await save(client, brought({k: v * 100 for k, v in turnover.items()}))
        await reading.keep_brought_cash(client, cash)
    return client


async def test_the_years_columns_hold_the_whole_year(firm: TestFirm) -> None:
    client = await taken_over(firm, HALF_YEAR, CASH)
    async with acting(firm, "accountant", client=client):
        found = await reading.statements(client, JULY)
        vouchers = await reading.posted_vouchers(client, Period(2025, 1), JULY)
    assert [c.title for c in found.checks if not c.holds] == []
    assert len(vouchers) == len(BOOKED)
    (_, now), (_, start) = found.balance_sheet.columns
    assert {n: v // 100 for n, v in start.items() if n in (1, 4, 30, 33, 48, 51, 53)} == {
        1: 100_000, 4: 20_000, 30: 120_000, 33: 15_000, 48: 100_000, 51: 5_000, 53: 120_000,
    }  # fmt: skip
    assert (now[1], now[51], now[30], now[53]) == (123_000_00, 43_000_00, 153_000_00, 153_000_00)
    (_, year), (_, month) = found.income.columns
    assert (year[1], year[2], year[32]) == (70_000_00, 30_000_00, 38_000_00)
    assert (month[1], month[32]) == (10_000_00, 8_000_00)
    (_, year), (_, month) = found.cash_flow.columns
    assert {n: v // 100 for n, v in year.items() if v} == {
        1: 60_000, 3: 35_000, 6: 2_000, 7: 23_000, 20: 23_000, 21: 100_000, 22: 123_000,
    }  # fmt: skip
    assert {n: v // 100 for n, v in month.items() if v} == {1: 10_000, 6: 2_000, 7: 8_000, 20: 8_000, 21: 115_000, 22: 123_000}


async def test_what_was_not_brought_along_is_not_made_up(firm: TestFirm) -> None:
    """Without the turnover to date the column is the day of the take-over, and is called so."""
    client = await taken_over(firm, {}, {})
    async with acting(firm, "accountant", client=client):
        found = await reading.statements(client, JULY)
    heading, start = found.balance_sheet.columns[1]
    assert (heading, start[1]) == ("接手日余额", 115_000_00)
    assert [heading for heading, _ in found.income.columns] == ["本年累计金额(7月起)", "本月金额"]
    assert [heading for heading, _ in found.cash_flow.columns] == ["本年累计金额(7月起)", "本月金额"]


@pytest.mark.parametrize("kind", [VoucherKind.NORMAL, VoucherKind.CLOSING])
async def test_what_is_taken_from_profit_ties_whatever_its_voucher_is_called(firm: TestFirm, kind: VoucherKind) -> None:
    """提取盈余公积 and 结转 within 利润分配 lessen or move undistributed profit; the tie knows them."""
    client = await taken_over(firm, HALF_YEAR, CASH)
    reserve = [
        ("提取法定盈余公积", {"310402": 3_000, "310101": -3_000}),
        ("结转利润分配", {"310415": 3_000, "310402": -3_000}),
    ]
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(
            client, [VoucherDraft(client, dt.date(2025, 7, 31), t, lines(v), kind=kind) for t, v in reserve]
        )
    async with acting(firm, "accountant", client=client):
        found = await reading.statements(client, JULY)
    assert [(c.title, c.left, c.right) for c in found.checks if not c.holds] == []
    assert found.balance_sheet.columns[0][1][51] == 40_000_00
