"""The tax office's debit pays what was filed, and takes the payment back with its match."""

import datetime as dt

import pytest

from banking.test_accepting import accept, asked, posted, stated
from zhangfang_books.bank import accepting
from zhangfang_books.bank.accounts import account_of
from zhangfang_books.bank.statements import StatementLine
from zhangfang_books.bank.tables import BankAccount
from zhangfang_books.bank.tax_payments import paid_by, payments_for
from zhangfang_books.filing.lines import packed
from zhangfang_books.filing.service import RegisteredFilings
from zhangfang_books.filing.tables import FilingRow
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.ledger import Ledger, Line, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import FigureLine, ReturnFigures, Tax

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


async def lined(firm: TestFirm, filing: int, **amounts: int) -> None:
    """The return has these lines."""
    lines = tuple(FigureLine(name, amount, ()) for name, amount in amounts.items())
    async with scoped_transaction(system_scope(firm.id)):
        text = packed(ReturnFigures(Tax.SURCHARGES, MONTH, MONTH, lines))
        await FilingRow.update({FilingRow.lines: text}).where(FilingRow.id == filing)


async def booked_on(firm: TestFirm, account: BankAccount) -> list[tuple[str, int]]:
    """The draft of the only suggestion, which is accepted: account and debit less credit."""
    (one,) = await asked(firm, account)
    assert not one.sure
    await accept(firm, account, one.key)
    async with scoped_transaction(system_scope(firm.id)):
        (draft,) = await use(Ledger).vouchers(firm.trading, state=VoucherState.DRAFT)
    return [(line.account, line.debit - line.credit) for line in draft.lines]


async def test_a_debit_without_a_voucher_is_booked_on_the_account_of_each_tax(firm: TestFirm) -> None:
    both = await filed(firm, 1_000_00), await filed(firm, 120_00, Tax.SURCHARGES)
    await lined(firm, both[1], 城市维护建设税=70_00, 教育费附加=30_00, 地方教育附加=20_00)
    account = await debited(firm, 1_120_00)
    expected = [("222102", 1_000_00), ("222115", 70_00), ("222120", 30_00), ("222121", 20_00), ("1002", -1_120_00)]
    assert await booked_on(firm, account) == expected
    assert [(await of(firm, filing))[0] for filing in both] == [FilingStep.PAID, FilingStep.PAID]


@pytest.mark.parametrize("accrued", [True, False])
async def test_stamp_duty_that_nobody_accrued_is_an_expense(firm: TestFirm, accrued: bool) -> None:
    await filed(firm, 50_00, Tax.STAMP)
    if accrued:
        await posted(firm, Line("5403", "计提", debit=50_00), Line("222122", "计提", credit=50_00), day=PAID_ON)
    account = await debited(firm, 50_00)
    assert await booked_on(firm, account) == [("222122" if accrued else "5403", 50_00), ("1002", -50_00)]


async def test_a_return_whose_parts_are_not_known_is_left_to_a_person(firm: TestFirm) -> None:
    await filed(firm, 120_00, Tax.SURCHARGES)
    assert await asked(firm, await debited(firm, 120_00)) == []


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
