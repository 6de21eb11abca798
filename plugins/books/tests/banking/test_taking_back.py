"""A file that was brought in by mistake goes again, with its lines and what it said of the month; what vouchers explain stays."""

import asyncio

import pytest

from banking.drawing import FILES
from banking.test_bringing import brought, kept
from zhangfang_books.bank.accepting import tie
from zhangfang_books.bank.accounts import accounts_of
from zhangfang_books.bank.matching.kinds import Line as BankLine
from zhangfang_books.bank.tables import BankAccount, BankFile, BankLineRow
from zhangfang_books.bank.taking_back import files_of, take_back
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.bank import Bank
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import replaced
from zhangfang_sdk.testing.fake_facts import FakeFacts

MARCH = Period(2026, 3)


async def ids(firm: TestFirm, client: int | None = None) -> tuple[BankAccount, int]:
    (account,) = await accounts_of(client or firm.trading)
    file = await BankFile.objects().where(BankFile.account == account.id).first()
    return account, 0 if file is None else file.id


async def test_its_lines_and_its_balance_go_and_the_month_is_not_there(firm: TestFirm) -> None:
    await brought(firm, FILES["建行 xlsx"])
    told = FakeFacts({"bank_lines_brought"})
    async with acting(firm, "accountant"):
        assert await use(Bank).until(firm.trading, MARCH) == MARCH.last_day
        with replaced(Facts, told):
            assert await take_back(*await ids(firm)) == 2
        assert told.told == {"bank_lines_brought": [firm.trading]}
        assert await use(Bank).until(firm.trading, MARCH) is None
        assert await use(Bank).balances(firm.trading) == []
    assert await kept(firm) == []
    assert (await brought(firm, FILES["建行 xlsx"])).new == 2, "and may come again"


async def test_while_a_voucher_explains_a_line_it_stays(firm: TestFirm) -> None:
    await brought(firm, FILES["建行 xlsx"])
    async with acting(firm, "accountant"):
        account, file = await ids(firm)
        line = await BankLineRow.objects().where(BankLineRow.file == file).first()
        assert line is not None
        amount = abs(line.amount)
        lines = (Line("1002", "提现", debit=amount), Line("1001", "提现", credit=amount))
        voucher = await use(Ledger).draft(VoucherDraft(firm.trading, today(), "提现", lines))
        left = BankLine(line.id, line.date, line.amount, "", "", "")
        await tie(account, left, voucher, 1, line.amount, "由人指定")
        with pytest.raises(Refusal, match=r"bank\.file_matched"):
            await take_back(account, file)
        assert len(await BankLineRow.objects().where(BankLineRow.file == file)) == 2


async def test_what_a_bank_is_asked_for_is_not_taken_back(firm: TestFirm) -> None:
    await brought(firm, FILES["建行 xlsx"])
    async with acting(firm, "accountant"):
        account, file = await ids(firm)
        account.fetched_at = account.told_at
        await account.save()
        assert await files_of(account) == []
        with pytest.raises(Refusal, match=r"bank\.file_fetched"):
            await take_back(account, file)


async def test_two_who_take_it_back_take_it_once(firm: TestFirm) -> None:
    await brought(firm, FILES["建行 xlsx"])

    async def taken() -> int | str:
        try:
            async with acting(firm, "accountant"):
                return await take_back(*await ids(firm))
        except Refusal as refusal:
            return refusal.code

    assert sorted(await asyncio.gather(taken(), taken()), key=str) == [2, "common.not_found"]
    assert await kept(firm) == []


async def test_by_its_page(firm: TestFirm, visit: Visit) -> None:
    await brought(firm, FILES["建行 xlsx"], client=firm.restaurant)
    async with scoped_transaction(system_scope(firm.id)):
        account, file = await ids(firm, firm.restaurant)
    keeper = await visit("owner")
    where = f"/books/bank/{account.id}"
    page = (await keeper.get(where)).text
    assert f"{where}/files/{file}/take-back" in page
    assert (await keeper.post(f"{where}/files/{file}/take-back")).status_code == 303
    assert (await keeper.post(f"{where}/files/{file}/take-back")).status_code == 404
    assert "导入的文件" not in (await keeper.get(where)).text
