"""Issued invoices whose sale stands in the books already, booked by hand or brought along: they belong to that voucher, and no other is drafted."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby

from zhangfang_books.reading import posted_vouchers
from zhangfang_books.sales.source import NAME, get
from zhangfang_books.sales.tables import IssuedInvoice
from zhangfang_books.tax.facts import TaxFacts, facts_of
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require
from zhangfang_sdk.invoices import Invoice, Invoices
from zhangfang_sdk.ledger import Line, Voucher
from zhangfang_sdk.periods import Period

TAIL = 8
"""Vouchers name an invoice by the last eight figures of its number."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A posted voucher with sales; fen, negative where it takes sales back."""

    voucher: int
    day: dt.date
    amount: int
    tax: int
    buyers: frozenset[str]
    text: str


async def tie_booked(client: int, month: Period) -> int:
    """How many of the month's invoices without a voucher belong to one that is posted. Needs ``books.sales`` and ``ledger.read``.

    In the caller's transaction; tells ``on_invoices_booked``.
    """
    require("books.sales")
    facts = await facts_of(client, month)
    within = (IssuedInvoice.client == client) & (IssuedInvoice.issued_on >= month.first_day) & (IssuedInvoice.issued_on <= month.last_day)
    rows = await IssuedInvoice.select(IssuedInvoice.id, IssuedInvoice.voucher, IssuedInvoice.voided).where(within)
    waiting = [row["id"] for row in rows if row["voucher"] is None and not row["voided"]]
    if facts is None or not waiting:
        return 0
    taken = {row["voucher"] for row in rows}
    sales = [sale_of(v, facts) for v in await posted_vouchers(client, month, month) if v.id not in taken and v.reversed_by is None]
    pairs = pairs_of(await get(waiting), [sale for sale in sales if sale is not None])
    for invoice, voucher in pairs:
        await IssuedInvoice.update({IssuedInvoice.voucher: voucher, IssuedInvoice.booked: True}).where(IssuedInvoice.id == invoice)
    if pairs:
        await use(Audit).record("books.sales_tied", f"core_client:{client}", client=client, after={"month": month.key, "invoices": len(pairs)})
        await use(Invoices).tell_booked(NAME, [invoice for invoice, _ in pairs])
    return len(pairs)


def sale_of(voucher: Voucher, facts: TaxFacts) -> Sale | None:
    """None for a voucher without sales. Pure."""
    names = facts.accounts
    taxes = (names.vat_output, names.vat_simple) if facts.is_general else (names.vat, names.vat_simple)
    amount = _credits(voucher.lines, names.sales)
    if not amount:
        return None
    buyers = frozenset(line.counterparty for line in voucher.lines if line.counterparty)
    text = " ".join((voucher.summary, *(line.summary for line in voucher.lines)))
    return Sale(voucher.id, voucher.date, amount, _credits(voucher.lines, taxes), buyers, text)


def pairs_of(invoices: Sequence[Invoice], sales: Sequence[Sale]) -> list[tuple[int, int]]:
    """(Invoice, voucher) of the same amounts: named by its number, else of the same buyer, else alone on the same day, else all those of a day
    together in one voucher of that day. Pure.
    """
    open_, left = {i.id: i for i in sorted(invoices, key=lambda i: (i.issued_on, i.id))}, {s.voucher: s for s in sales}
    found: list[tuple[int, int]] = []

    def take(fits: Callable[[Invoice, Sale], bool]) -> None:
        by_amounts = defaultdict[Hashable, list[Sale]](list)
        for sale in left.values():
            by_amounts[sale.amount, sale.tax].append(sale)
        for invoice in list(open_.values()):
            fitting = (s.voucher for s in by_amounts[invoice.amount, invoice.tax] if s.voucher in left and fits(invoice, s))
            voucher = next(fitting, None)
            if voucher is not None:
                found.append((invoice.id, voucher))
                del open_[invoice.id], left[voucher]

    take(lambda invoice, sale: len(invoice.number) >= TAIL and invoice.number[-TAIL:] in sale.text)
    take(lambda invoice, sale: invoice.buyer.name in sale.buyers)
    take(lambda invoice, sale: not sale.buyers and invoice.issued_on == sale.day)
    for day, several in groupby(sorted(open_.values(), key=lambda i: i.issued_on), lambda i: i.issued_on):
        together = list(several)
        sums = sum(i.amount for i in together), sum(i.tax for i in together)
        sale = next((s for s in left.values() if s.day == day and (s.amount, s.tax) == sums), None)
        if sale is not None:
            found += [(invoice.id, sale.voucher) for invoice in together]
            del left[sale.voucher]
    return found


def _credits(lines: Sequence[Line], codes: tuple[str, ...]) -> int:
    return sum(line.credit - line.debit for line in lines if line.account.startswith(codes))
