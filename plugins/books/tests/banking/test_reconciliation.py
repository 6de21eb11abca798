"""余额调节表: both sides come to the same, with every item under way on its side (LEDG-4)."""

import datetime as dt

from banking.test_accepting import DAY, PARTY, accept, asked, drafts, line, posted, stated
from zhangfang_books.bank.reconciliation import Reconciliation, reconciled, reconciliation_sheet
from zhangfang_books.bank.tables import BankAccount
from zhangfang_books.printing.pdf import pdf
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line
from zhangfang_sdk.periods import Period


async def at_the_end(firm: TestFirm, account: BankAccount, month: Period) -> Reconciliation:
    async with scoped_transaction(system_scope(firm.id)):
        return await reconciled(account, month)


async def test_both_sides_come_to_the_same(firm: TestFirm) -> None:
    """The bank took a fee that the books lack; the books paid what the bank has not paid yet; the rest is tied."""
    account = await stated(firm, line(1, 113_001, PARTY), line(2, -1_050, text="手续费"))
    await posted(firm, Line("1002", "收款", debit=113_001), Line("1122", "收款", credit=113_001, counterparty=PARTY))
    await posted(firm, Line("2202", "付款", debit=40_000, counterparty="乙公司"), Line("1002", "付款", credit=40_000))
    tied = next(s for s in await asked(firm, account) if s.entries)
    await accept(firm, account, tied.key)
    found = await at_the_end(firm, account, Period.of(DAY))
    assert (found.bank, found.books) == (111_951, 73_001)
    assert [(p.date, p.amount) for p in found.of_bank] == [(DAY, -1_050)]
    assert [p.amount for p in found.of_books] == [-40_000]
    assert (found.bank_adjusted, found.books_adjusted, found.difference) == (71_951, 71_951, 0)
    sheet = reconciliation_sheet(found, "尾号 0001", "嘉喜商贸有限公司", "王会计")
    assert [row.cells[1] for row in sheet.rows if row.strong] == ["企业账面余额", "调节后余额"]
    assert pdf([sheet]).startswith(b"%PDF")


async def test_a_draft_is_under_way_until_it_is_posted(firm: TestFirm) -> None:
    account = await stated(firm, line(1, -1_050, text="手续费"))
    (fee,) = await asked(firm, account)
    await accept(firm, account, fee.key)
    assert [p.amount for p in (await at_the_end(firm, account, Period.of(DAY))).of_bank] == [-1_050]
    (voucher,) = await drafts(firm)
    await posted(firm, Line("1001", "开办", debit=1), Line("3001", "开办", credit=1))
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(voucher.id)
    assert (await at_the_end(firm, account, Period.of(DAY))).of_bank == []


async def test_what_stood_before_the_first_line_is_one_difference(firm: TestFirm) -> None:
    early = dt.date(2026, 3, 1)
    await posted(firm, Line("1002", "投资", debit=50_000), Line("3001", "投资", credit=50_000), day=early)
    account = await stated(firm, line(1, 700, PARTY))
    found = await at_the_end(firm, account, Period.of(DAY))
    assert (found.from_before, found.difference) == (50_000, 0)
    assert [p.amount for p in found.of_bank] == [700]


async def test_a_voucher_from_before_the_first_line_that_a_line_explains_is_no_difference(firm: TestFirm) -> None:
    """Booked in February, paid by the bank in March, which is the first that its statement tells."""
    february = dt.date(2026, 2, 26)
    await posted(firm, Line("2202", "付款", debit=40_001, counterparty="乙公司"), Line("1002", "付款", credit=40_001), day=february)
    account = await stated(firm, line(1, -40_001, "乙公司"))
    (one,) = await asked(firm, account)
    await accept(firm, account, one.key)
    found = await at_the_end(firm, account, Period.of(DAY))
    assert (found.of_bank, list(found.of_books), found.difference) == ([], [], 0)
    assert found.from_before == 0
