"""The demo's lists of issued invoices: one for each sale of the last months that its books have with a buyer, brought in as a list is."""

from collections.abc import Sequence

from zhangfang_books.reading import posted_vouchers
from zhangfang_books.sales.keeping import keep
from zhangfang_books.sales.listing import Listed, Listing
from zhangfang_books.sales.tying import Sale, sale_of, tie_booked
from zhangfang_books.tax.facts import facts_of
from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.periods import Period

MONTHS = 3
SPECIAL, ORDINARY = "数电发票(增值税专用发票)", "数电发票(普通发票)"


async def bring_lists(clients: Sequence[int]) -> None:
    """In the caller's transaction; what is there already is passed over."""
    for id_ in clients:
        client = await use(Clients).client(id_)
        first, last = max(Period.current().plus(1 - MONTHS), Period.of(client.books_start)), Period.current()
        facts = await facts_of(id_, last)
        if facts is None:
            continue
        sales = [sale_of(voucher, facts) for voucher in await posted_vouchers(id_, first, last)]
        kind = SPECIAL if facts.is_general else ORDINARY
        issued = [_listed(client, sale, kind) for sale in sales if sale is not None and len(sale.buyers) == 1]
        await keep(id_, Listing(issued=issued, headed=True), really=True)
        for back in range(MONTHS):
            await tie_booked(id_, last.plus(-back))


def _listed(client: Client, sale: Sale, kind: str) -> Listed:
    (buyer,) = sale.buyers
    number = f"{sale.day:%y}332{sale.voucher:015d}"
    total = sale.amount + sale.tax
    return Listed("", number, kind, sale.day, client.name, client.tax_id, buyer, "", sale.amount, sale.tax, total, False, "", ())
