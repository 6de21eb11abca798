"""The output register of a month as its page shows it, and how it ties to the books."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_books.sales.register import RegisterRow, once, register
from zhangfang_books.sales.source import NAME
from zhangfang_books.tax.facts import TaxFacts, facts_of
from zhangfang_sdk import use
from zhangfang_sdk.invoices import Invoice, InvoiceDirection, InvoiceQuery, Invoices
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Tie:
    """One sum by the invoices and by posted vouchers, in fen."""

    title: str
    account: str
    invoices: int
    books: int

    @property
    def difference(self) -> int:
        """What the books have more."""
        return self.books - self.invoices


@dataclass(frozen=True, slots=True)
class MonthRegister:
    """``waiting`` are invoices of the lists without a voucher. ``missing`` names sources that did not answer."""

    invoices: Sequence[Invoice]
    rows: Sequence[RegisterRow]
    ties: Sequence[Tie]
    waiting: int
    missing: tuple[str, ...]


async def issued(client: int, first: Period, last: Period) -> tuple[list[Invoice], tuple[str, ...]]:
    """In force, of every source, each number once; newest first. Needs ``invoices.read``."""
    return await every_invoice(InvoiceQuery(client, first, last, InvoiceDirection.ISSUED))


async def every_invoice(query: InvoiceQuery) -> tuple[list[Invoice], tuple[str, ...]]:
    """Each number once, newest first, and titles of sources that did not answer. Needs ``invoices.read``."""
    found, after, missing = list[Invoice](), "", dict[str, None]()
    while True:
        page = await use(Invoices).page(query, after=after, limit=AT_ONCE)
        found += page.invoices
        missing |= dict.fromkeys(page.missing)
        after = page.after
        if not after:
            return once(found), tuple(missing)


async def month_register(client: int, month: Period) -> MonthRegister:
    found, missing = await issued(client, month, month)
    facts = await facts_of(client, month)
    rows = register(found, general=facts.is_general if facts else False)
    ties = [] if facts is None else await _ties(client, month, facts, rows)
    return MonthRegister(found, rows, ties, sum(i.voucher is None and i.source == NAME for i in found), missing)


async def _ties(client: int, month: Period, facts: TaxFacts, rows: Sequence[RegisterRow]) -> list[Tie]:
    names = facts.accounts
    balances = await use(Ledger).balances(client, month, month)
    tax_accounts = (names.vat_output, names.vat_simple) if facts.is_general else (names.vat, names.vat_simple)
    sales = sum(b.credit - b.debit for b in balances if b.account.startswith(names.sales))
    # Only the credit side: what is paid or carried over stands on the debit side of the same accounts.
    tax = sum(b.credit for b in balances if b.account.startswith(tax_accounts))
    return [
        Tie("销售额(不含税)", names.sales[0], sum(r.amount for r in rows), sales),
        Tie("销项税额", tax_accounts[0], sum(r.tax for r in rows), tax),
    ]
