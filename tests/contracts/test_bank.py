"""One suite for the SDK's ``Bank``, run against the fake and the statements of the books."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from zhangfang_books.bank.bringing import Chosen, keep_statement
from zhangfang_books.bank.statements import Statement, StatementLine
from zhangfang_books.importing.files_before import Source
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.bank import Bank, BankBalance, BankLine
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.fake_bank import FakeBank

DAY, MARCH = dt.date(2026, 3, 5), Period(2026, 3)
HOUR = dt.datetime(2026, 3, 6, 9, 30, tzinfo=BUSINESS_TIME_ZONE).astimezone(dt.UTC)
LINES = ((DAY, 50_000, "甲公司"), (dt.date(2026, 3, 6), -80_000, "乙公司"))
Made = tuple[Bank, list[int]]


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, firm: TestFirm) -> Callable[[], Awaitable[Made]]:
    """Two lines of the restaurant, and posted vouchers: of the first line's amount, and of another; the vouchers' ids in that order."""
    c = firm.restaurant

    async def fake() -> Made:
        lines = [BankLine(n, "1002", day, amount, party, "往来") for n, (day, amount, party) in enumerate(LINES, 1)]
        balance = BankBalance("1002", "示例银行", "尾号 0011", 70_000, HOUR)
        return FakeBank({c: [balance]}, {c: lines}, {11: (c, "1002", 50_000), 12: (c, "1002", 7)}), [11, 12]

    async def real() -> Made:
        async with scoped_transaction(system_scope(firm.id)):
            lines = [
                StatementLine(n, day, dt.time(9, 30), amount, balance, party, text="往来", serial=str(n))
                for n, ((day, amount, party), balance) in enumerate(zip(LINES, (150_000, 70_000), strict=True), 1)
            ]
            statement = Statement("6228000000011", opening=100_000, closing=70_000, lines=lines)
            await keep_statement(c, statement, Chosen("1002", "示例银行"), Source("x", "流水"))
            await import_posted(
                c, [VoucherDraft(c, DAY, "收款", (Line("1002", "收款", debit=fen), Line("5001", "收款", credit=fen))) for fen in (50_000, 7)]
            )
            vouchers = await use(Ledger).vouchers(c)
        return use(Bank), sorted((v.id for v in vouchers), key=lambda id_: next(v.total for v in vouchers if v.id == id_), reverse=True)

    return fake if request.param == "fake" else real


async def refused(code: str, call: Awaitable[object]) -> None:
    with pytest.raises(Refusal) as refusal:
        await call
    assert refusal.value.code == code


async def test_balances_with_their_hour(firm: TestFirm, make: Callable[[], Awaitable[Made]]) -> None:
    bank, _ = await make()
    async with acting(firm, "boss", client=firm.restaurant):
        (balance,) = await bank.balances(firm.restaurant)
        assert balance == BankBalance("1002", "示例银行", "尾号 0011", 70_000, HOUR)
        await refused("common.not_found", bank.balances(firm.trading))
    async with acting(firm, "driver", client=firm.restaurant):
        await refused("access.forbidden", bank.balances(firm.restaurant))


async def test_a_month_is_whole_when_every_account_has_lines_of_it(
    firm: TestFirm, make: Callable[[], Awaitable[Made]]
) -> None:
    bank, _ = await make()
    async with acting(firm, "accountant"):
        assert [await bank.has_month(firm.restaurant, MARCH.plus(n)) for n in (-1, 0, 1)] == [False, True, False]
        assert [await bank.until(firm.restaurant, MARCH.plus(n)) for n in (-1, 0, 1)] == [None, MARCH.last_day, None]
        assert not await bank.has_month(firm.trading, MARCH)
    async with acting(firm, "boss", client=firm.restaurant):
        await refused("common.not_found", bank.has_month(firm.trading, MARCH))


async def test_what_no_voucher_explains_the_largest_first(firm: TestFirm, make: Callable[[], Awaitable[Made]]) -> None:
    bank, vouchers = await make()
    async with acting(firm, "accountant"):
        found = await bank.unmatched(firm.restaurant, MARCH)
        assert [(line.account, line.date, line.amount, line.counterparty, line.purpose) for line in found] == [
            ("1002", day, amount, party, "往来") for day, amount, party in reversed(LINES)
        ]
        assert len(await bank.unmatched(firm.restaurant, MARCH, limit=1)) == 1
        assert await bank.unmatched(firm.restaurant, MARCH.plus(1)) == []
        received = found[1].id
        await refused("bank.amounts_differ", bank.match(received, vouchers[1]))
        await refused("common.not_found", bank.match(received + 999, vouchers[0]))
        await bank.match(received, vouchers[0])
        assert [line.amount for line in await bank.unmatched(firm.restaurant, MARCH)] == [-80_000]
        await refused("bank.matched_already", bank.match(received, vouchers[0]))
    async with acting(firm, "boss", client=firm.restaurant):
        await refused("access.forbidden", bank.match(found[0].id, vouchers[1]))
