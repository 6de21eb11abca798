"""The demo's bank begins with what the books have, so that its balance is theirs but for what is under way."""

import datetime as dt

from banking.test_accepting import posted
from banking.test_reconciliation import at_the_end
from zhangfang_books.bank.accounts import accounts_of
from zhangfang_books.bank.demo import FEE, bring_statements
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line
from zhangfang_sdk.periods import Period, today


async def test_the_bank_has_what_the_books_have(firm: TestFirm) -> None:
    for day, amount in ((Period.current().plus(-5).first_day, 500_000), (today() - dt.timedelta(days=8), 7_000)):
        await posted(firm, Line("1002", "收", debit=amount), Line("5001", "收", credit=amount), day=day)
    async with scoped_transaction(system_scope(firm.id)):
        await bring_statements([firm.trading])
        (account,) = await accounts_of(firm.trading)
    found = await at_the_end(firm, account, Period.current())
    assert (found.bank, found.books, found.from_before) == (507_000 + FEE, 507_000, 0)
    assert found.difference == 0
