"""The entries and invoices behind a number, read in the caller's transaction; amounts are fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.figures.behind import EntriesBehind, InvoicesBehind, Which
from zhangfang_books.figures.service import known_facts
from zhangfang_books.sales.booked import against_vouchers
from zhangfang_books.sales.reading import every_invoice
from zhangfang_books.sales.register import is_special, lines_of, method_of, rate_of
from zhangfang_sdk import use
from zhangfang_sdk.invoices import Invoice, InvoiceLine, InvoiceQuery
from zhangfang_sdk.ledger import Ledger, LedgerEntry, VoucherKind

MOST_ENTRIES = 2_000


@dataclass(frozen=True, slots=True)
class CountedEntry:
    entry: LedgerEntry
    amount: int


@dataclass(frozen=True, slots=True)
class Entries:
    """``names`` are the accounts' by code, ``opening`` what is carried; ``is_cut``: there are more entries, which ``total`` counts all the same."""

    names: Mapping[str, str]
    opening: int
    rows: Sequence[CountedEntry]
    total: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class CountedInvoice:
    """``amount`` is that of the lines that are asked for."""

    invoice: Invoice
    amount: int


async def entries_behind(client: int, asked: EntriesBehind) -> Entries:
    """Needs ``ledger.read``. Newest first."""
    ledger, rows, is_cut = use(Ledger), list[CountedEntry](), False
    for code in asked.accounts:
        found = await ledger.entries(client, code, asked.first, asked.last, limit=MOST_ENTRIES + 1)
        is_cut |= len(found) > MOST_ENTRIES
        counted = [e for e in found if asked.carried or e.kind is not VoucherKind.CLOSING]
        rows += [CountedEntry(e, amount) for e in counted if (amount := asked.side.of(e.debit, e.credit))]
    opening = total = 0
    for b in await ledger.balances(client, None if asked.carried else asked.first, asked.last):
        if not b.account.startswith(asked.accounts):
            continue
        debit, credit = (b.debit + b.closing_debit, b.credit + b.closing_credit) if asked.carried else (b.debit, b.credit)
        total += asked.side.of(debit, credit)
        opening += asked.side.of(debit, credit) if b.period is None or b.period < asked.first else 0
    rows.sort(key=lambda row: (row.entry.date, row.entry.voucher), reverse=True)
    names = await ledger.account_names(client, codes=asked.accounts)
    return Entries(names, opening, rows[:MOST_ENTRIES], total, is_cut or len(rows) > MOST_ENTRIES)


async def invoices_behind(client: int, asked: InvoicesBehind) -> Sequence[CountedInvoice]:
    """Needs ``invoices.read``, and ``ledger.read`` where it is asked what is booked. Newest first."""
    facts = await known_facts(client, asked.last)
    if asked.which is Which.ALL:
        invoices, _ = await every_invoice(InvoiceQuery(client, asked.first, asked.last, asked.direction))
    else:
        held = await against_vouchers(client, asked.first, asked.last, facts)
        invoices = list(held.unbooked if asked.which is Which.UNBOOKED else held.booked)
    found = []
    for invoice in invoices:
        lines = [line for line in lines_of(invoice) if _is_asked_for(asked, invoice, line, general=facts.is_general)]
        if lines:
            amount = sum((line.tax if asked.tax else line.amount) or 0 for line in lines)
            found.append(CountedInvoice(invoice, amount))
    return found


def _is_asked_for(asked: InvoicesBehind, invoice: Invoice, line: InvoiceLine, *, general: bool) -> bool:
    rate = rate_of(line)
    return (
        (not asked.methods or method_of(rate, invoice.issued_on, general=general) in asked.methods)
        and asked.rate in (None, rate)
        and asked.special in (None, is_special(invoice.kind))
    )
