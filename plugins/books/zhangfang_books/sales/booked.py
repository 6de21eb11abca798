"""Which issued invoices the posted vouchers of some months have, and which they lack."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zhangfang_books.reading import posted_vouchers
from zhangfang_books.sales.reading import issued
from zhangfang_books.sales.tying import pairs_of, sale_of
from zhangfang_books.tax.facts import TaxFacts
from zhangfang_sdk import use
from zhangfang_sdk.invoices import Invoice
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.periods import Period

MONTHS_BEFORE = 3
"""How far back an invoice may have been issued that the months booked."""


@dataclass(frozen=True, slots=True)
class Issued:
    """In force, newest first. ``unbooked`` of ``invoices`` are in no posted voucher of the months; ``earlier`` were issued before, and are.

    ``missing`` names sources that did not answer.
    """

    invoices: Sequence[Invoice]
    unbooked: Sequence[Invoice]
    earlier: Sequence[Invoice]
    missing: tuple[str, ...]

    @property
    def booked(self) -> list[Invoice]:
        lacking = {invoice.key for invoice in self.unbooked}
        return [*(invoice for invoice in self.invoices if invoice.key not in lacking), *self.earlier]


async def against_vouchers(client: int, first: Period, last: Period, facts: TaxFacts) -> Issued:
    """Each with its own voucher, and those that have none with one that is of the same amounts. Needs ``invoices.read`` and ``ledger.read``."""
    found, missing = await issued(client, first, last)
    before, _ = await issued(client, first.plus(-MONTHS_BEFORE), first.plus(-1))
    own = {invoice.voucher for invoice in (*found, *before) if invoice.voucher is not None}
    within = await _posted_within(own, first, last)
    booked = {invoice.key for invoice in found if invoice.voucher in within}
    untied = [invoice for invoice in found if invoice.voucher is None]
    if untied:
        sales = [sale_of(v, facts) for v in await posted_vouchers(client, first, last) if v.id not in own and v.reversed_by is None]
        # Ids of two sources may be the same number.
        numbered = [replace(invoice, id=place) for place, invoice in enumerate(untied)]
        booked |= {untied[place].key for place, _ in pairs_of(numbered, [sale for sale in sales if sale is not None])}
    return Issued(
        found,
        [invoice for invoice in found if invoice.key not in booked],
        [invoice for invoice in before if invoice.voucher in within],
        missing,
    )


async def _posted_within(vouchers: Iterable[int], first: Period, last: Period) -> set[int]:
    found = await use(Ledger).vouchers_by_id(sorted(vouchers))
    return {v.id for v in found if v.state is VoucherState.POSTED and first <= v.period <= last and v.reversed_by is None}
