"""The demo's lists of issued invoices: one for each sale of the last months that its books have with a buyer, brought in as a list is.

Its goods are named where the lines of the voucher name them.
"""

import re
from collections.abc import Sequence

from zhangfang_books.reading import posted_vouchers
from zhangfang_books.sales.keeping import keep
from zhangfang_books.sales.listing import Listed, Listing
from zhangfang_books.sales.tying import Sale, sale_of, tie_booked
from zhangfang_books.tax.facts import facts_of
from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.invoices import InvoiceLine
from zhangfang_sdk.ledger import Voucher
from zhangfang_sdk.periods import Period

MONTHS = 3
GOODS = re.compile(r"\*[^*]+\*.")
SPECIAL, ORDINARY = "数电发票(增值税专用发票)", "数电发票(普通发票)"


async def bring_lists(clients: Sequence[int]) -> None:
    """In the caller's transaction; what is there already is passed over."""
    for id_ in clients:
        client = await use(Clients).client(id_)
        first, last = max(Period.current().plus(1 - MONTHS), Period.of(client.books_start)), Period.current()
        facts = await facts_of(id_, last)
        if facts is None:
            continue
        sales = [(voucher, sale_of(voucher, facts)) for voucher in await posted_vouchers(id_, first, last)]
        kind = SPECIAL if facts.is_general else ORDINARY
        issued = [
            _listed(client, sale, kind, _lines(voucher, sale, facts.accounts.sales))
            for voucher, sale in sales
            if sale is not None and len(sale.buyers) == 1
        ]
        await keep(id_, Listing(issued=issued, headed=True), really=True)
        for back in range(MONTHS):
            await tie_booked(id_, last.plus(-back))


def _listed(client: Client, sale: Sale, kind: str, lines: tuple[InvoiceLine, ...]) -> Listed:
    (buyer,) = sale.buyers
    number = f"{sale.day:%y}332{sale.voucher:015d}"
    total = sale.amount + sale.tax
    return Listed("", number, kind, sale.day, client.name, client.tax_id, buyer, "", sale.amount, sale.tax, total, False, "", lines)


def _lines(voucher: Voucher, sale: Sale, accounts: tuple[str, ...]) -> tuple[InvoiceLine, ...]:
    """Lines of sales that the voucher calls as an invoice does ("*家具*实木餐桌"); the tax is shared out by amount, the last bears the rest."""
    named = [x for x in voucher.lines if x.account.startswith(accounts) and GOODS.match(x.summary)]
    found, left = [], sale.tax
    for place, line in enumerate(named, 1):
        amount = line.credit - line.debit
        tax = left if place == len(named) else sale.tax * amount // sale.amount
        left -= tax
        found.append(InvoiceLine(line.summary, amount, tax, f"{round(tax * 100 / amount)}%"))
    return tuple(found) if sum(x.amount or 0 for x in found) == sale.amount else ()
