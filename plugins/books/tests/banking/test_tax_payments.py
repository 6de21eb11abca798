"""The tax office's debit pays what was filed, and takes the payment back with its match."""

import datetime as dt

import pytest

from banking.test_accepting import accept, asked, posted, stated
from zhangfang_books.bank import accepting
from zhangfang_books.bank.accounts import account_of
from zhangfang_books.bank.statements import StatementLine
from zhangfang_books.bank.tables import BankAccount
from zhangfang_books.bank.tax_payments import paid_by, payments_for
from zhangfang_books.filing.service import RegisteredFilings
from zhangfang_books.filing.tables import FilingRow
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.ledger import Line
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import Tax

MONTH = Period(2026, 2)
DUE, PAID_ON = dt.date(2026, 3, 16), dt.date(2026, 3, 5)
OFFICE = "国家金库杭州市西湖区支库"


async def filed(firm: TestFirm, payable: int, tax: Tax = Tax.VAT) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        row = FilingRow(client=firm.trading, tax=tax, first=MONTH.number, last=MONTH.number, due=DUE, step=3, payable=payable)
        await row.save()
        return int(row.id)


async def of(firm: TestFirm, filing: int) -> tuple[int, int | None, dt.date | None, int | None]:
    async with scoped_transaction(system_scope(firm.id)):
        row = await FilingRow.objects().get(FilingRow.id == filing)
        assert row is not None
        return row.step, row.paid, row.paid_on, row.paid_line


async def debited(firm: TestFirm, amount: int, text: str = "实时扣税") -> BankAccount:
    line = StatementLine(1, PAID_ON, None, -amount, None, OFFICE, "", text, f"T{amount}")
    return await stated(firm, line)


async def test_what_the_tax_office_took_pays_the_return_and_is_taken_back(firm: TestFirm) -> None:
    filing = await filed(firm, 29_767_64)
    account = await debited(firm, 29_767_64)
    await post_payment(firm, 29_767_64)
    (one,) = await asked(firm, account)
    assert one.reason.endswith(";同时登记已缴:2026年2月增值税")
    await accept(firm, account, one.key)
    line = one.lines[0].id
    assert await of(firm, filing) == (FilingStep.PAID, 29_767_64, PAID_ON, line)
    async with scoped_transaction(system_scope(firm.id)):
        await accepting.untie(await account_of(firm.trading, account.id), line)
    assert await of(firm, filing) == (FilingStep.FILED, None, None, None)


async def test_one_debit_pays_what_was_due_together(firm: TestFirm) -> None:
    both = await filed(firm, 1_000_00), await filed(firm, 120_00, Tax.SURCHARGES)
    account = await debited(firm, 1_120_00)
    await post_payment(firm, 1_120_00)
    (one,) = await asked(firm, account)
    await accept(firm, account, one.key)
    assert [(await of(firm, filing))[:2] for filing in both] == [(FilingStep.PAID, 1_000_00), (FilingStep.PAID, 120_00)]


async def test_money_to_others_pays_no_tax(firm: TestFirm) -> None:
    filing = await filed(firm, 500_00)
    line = StatementLine(1, PAID_ON, None, -500_00, None, "某供应商有限公司", "", "货款", "X1")
    account = await stated(firm, line)
    await post_payment(firm, 500_00)
    for one in await asked(firm, account):
        await accept(firm, account, one.key)
    assert (await of(firm, filing))[0] == FilingStep.FILED


async def test_the_return_shows_the_line_and_a_person_says_that_it_is_it(firm: TestFirm, portal: Portal) -> None:
    filing = await filed(firm, 77_00)
    await debited(firm, 77_00)
    async with acting(firm, "accountant", client=firm.trading):
        (payment,) = await payments_for(await RegisteredFilings().filing(filing))
    page = f"/books/filings/{filing}"
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{firm.trading}") as visitor:
        assert OFFICE in (await visitor.get(f"{page}/payments")).text
        assert (await visitor.post(f"{page}/payments/{payment.line + 1}")).status_code == 404
        await visitor.post(f"{page}/payments/{payment.line}")
        assert await of(firm, filing) == (FilingStep.PAID, 77_00, PAID_ON, payment.line)
        assert OFFICE not in (await visitor.get(f"{page}/payments")).text


@pytest.mark.parametrize(("date", "amount"), [(dt.date(2026, 2, 28), -100), (dt.date(2026, 7, 1), -100), (PAID_ON, -99), (PAID_ON, 100)])
def test_before_the_end_of_its_months_long_after_or_for_another_amount_nothing_is_paid(date: dt.date, amount: int) -> None:
    assert paid_by(date, amount, [Filing(1, 1, Tax.VAT, MONTH, MONTH, DUE, FilingStep.FILED, 100)]) == ()


async def post_payment(firm: TestFirm, amount: int) -> None:
    await posted(firm, Line("222102", "缴税", debit=amount), Line("1002", "缴税", credit=amount), day=PAID_ON)
