"""Keeping a list's invoices: each once, all or none; what was voided since gives its draft up."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from zhangfang_books.importing.faults import Fault
from zhangfang_books.importing.reading_rows import Rows
from zhangfang_books.importing.recognising import heads
from zhangfang_books.sales.lines import packed
from zhangfang_books.sales.listing import Key, Listed, Listing, Own, find_headings, listing_of
from zhangfang_books.sales.source import ISSUED, NAME, RECEIVED, RECEIVED_NAME, ListedInvoices
from zhangfang_books.sales.tables import IssuedInvoice, ReceivedInvoice
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceQuery, Invoices, InvoiceState
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import today

AT_ONCE = 500
T = TypeVar("T", IssuedInvoice, ReceivedInvoice)


@dataclass(slots=True)
class Compared:
    """Invoices of a list beside what is kept of one direction. ``elsewhere`` were read by another module already and are left to it."""

    new: list[Listed] = field(default_factory=list)
    known: int = 0
    voided: list[Listed] = field(default_factory=list)
    elsewhere: list[Listed] = field(default_factory=list)

    @property
    def adds(self) -> bool:
        return bool(self.new or self.voided)


@dataclass(slots=True)
class Kept(Compared):
    """What bringing a list in does with the issued ones, and with ``received``; ``done``: it is written."""

    listing: Listing = field(default_factory=Listing)
    received: Compared = field(default_factory=Compared)
    notes: list[str] = field(default_factory=list)
    done: bool = False

    @property
    def clean(self) -> bool:
        return self.listing.faults_found == 0 and (self.adds or self.received.adds)

    @property
    def first(self) -> dt.date | None:
        return min((x.day for x in self.new), default=None)

    @property
    def last(self) -> dt.date | None:
        return max((x.day for x in self.new), default=None)


async def read_list(client: int, rows: Rows) -> Listing:
    """In a transaction of the caller. Nothing is written."""
    about = await use(Clients).client(client)
    sheets = heads(rows())
    find_headings(sheets)
    return listing_of(rows(), sheets, Own(about.name, about.tax_id.upper()), today())


async def keep(client: int, listing: Listing, *, really: bool) -> Kept:
    """What the list would add, or with ``really`` it is added; needs ``books.sales``.

    Raises Refusal ``books.list_no_headings``, and ``books.list_faulty`` for faults when ``really``.
    """
    require("books.sales")
    if not listing.headed:
        raise Refusal("books.list_no_headings", "没有找到发票清单的表头(发票号码、开票日期、金额),请换一个文件。", field="file")
    kept = await _compared(client, listing)
    if not really or (listing.faults_found == 0 and not kept.clean):
        return kept
    if listing.faults_found:
        raise Refusal("books.list_faulty", "清单里有问题,没有写入任何发票。", field="file")
    await _write(client, kept)
    kept.done = True
    return kept


async def _compared(client: int, listing: Listing) -> Kept:
    kept = Kept(listing=listing)
    await _compare(client, ISSUED, listing.issued, listing, kept)
    await _compare(client, RECEIVED, listing.received, listing, kept.received)
    return kept


async def _compare(client: int, kind: ListedInvoices, listed: Sequence[Listed], listing: Listing, kept: Compared) -> None:
    table = kind.table
    rows = await table.select().where(table.client == client, table.number.is_in([x.number for x in listed] or [""]))
    here: Mapping[Key, Mapping[str, object]] = {(row["code"], row["number"]): row for row in rows}
    others = await _read_elsewhere(client, kind.direction, listed)
    for each in listed:
        row = here.get(each.key)
        if row is None:
            (kept.elsewhere if each.number in others and not each.voided else kept.new).append(each)
        elif (row["amount"], row["tax"], row["issued_on"]) != (each.amount, each.tax, each.day):
            said = f"发票 {each.number} 导入过,当时价税合计 {yuan(int(str(row['total'])))},这次 {yuan(each.total)}"
            listing.fault(Fault(each.row, each.column, said, each.sheet))
        elif each.voided and not row["voided"]:
            kept.voided.append(each)
        else:
            kept.known += 1


async def _read_elsewhere(client: int, direction: InvoiceDirection, listed: Sequence[Listed]) -> set[str]:
    """Numbers of invoices that other sources give."""
    numbers, found = [x.number for x in listed], set[str]()
    every = InvoiceQuery(client, direction=direction, states=frozenset(InvoiceState))
    for start in range(0, len(numbers), AT_ONCE):
        query, after = replace(every, numbers=frozenset(numbers[start : start + AT_ONCE])), ""
        while True:
            page = await use(Invoices).page(query, after=after, limit=AT_ONCE)
            found |= {invoice.number for invoice in page.invoices if invoice.source not in (NAME, RECEIVED_NAME)}
            after = page.after
            if not after:
                break
    return found


async def give_way(keys: Sequence[str]) -> None:
    """What another source read with its document is that source's; what it sent back is the list's alone again."""
    for invoice in await use(Invoices).get([key for key in keys if key.rpartition(":")[0] != RECEIVED_NAME]):
        if invoice.direction is InvoiceDirection.RECEIVED and invoice.number:
            same = (ReceivedInvoice.client == invoice.client) & (ReceivedInvoice.number == invoice.number)
            await ReceivedInvoice.update({ReceivedInvoice.superseded: invoice.state is not InvoiceState.RETURNED}).where(
                same & (ReceivedInvoice.code == invoice.code)
            )


async def _write(client: int, kept: Kept) -> None:
    ids = await _insert(client, IssuedInvoice, kept.new)
    received = await _insert(client, ReceivedInvoice, kept.received.new)
    for listed in kept.voided:
        await _void(client, listed, kept)
    for listed in kept.received.voided:
        own = (ReceivedInvoice.client == client) & (ReceivedInvoice.code == listed.code) & (ReceivedInvoice.number == listed.number)
        await ReceivedInvoice.update({ReceivedInvoice.voided: True}).where(own)
    counts: dict[str, object] = {"new": len(kept.new), "voided": len(kept.voided) + len(kept.received.voided), "received": len(received)}
    await use(Audit).record("books.sales_list", f"core_client:{client}", client=client, after=counts)
    if ids:
        await use(Invoices).tell_read(NAME, ids)
    if received:
        await use(Invoices).tell_read(RECEIVED_NAME, received)


async def _insert(client: int, table: type[T], listed: Sequence[Listed]) -> list[int]:
    now, by = dt.datetime.now(dt.UTC), scope().user_name
    ids: list[int] = []
    for start in range(0, len(listed), AT_ONCE):
        rows = [
            table(
                client=client, code=x.code, number=x.number, kind=x.kind, issued_on=x.day, seller_name=x.seller,
                seller_tax_id=x.seller_id, buyer_name=x.buyer, buyer_tax_id=x.buyer_id, amount=x.amount, tax=x.tax,
                total=x.total, reverses=x.reverses, voided=x.voided, lines=packed(x.lines), read_by=by, read_at=now,
            )
            for x in listed[start : start + AT_ONCE]
        ]  # fmt: skip
        ids += [row["id"] for row in await table.insert(*rows).returning(table.id)]
    return ids


async def _void(client: int, listed: Listed, kept: Kept) -> None:
    """Its draft is given up, and what else the draft stood for is free again; a posted voucher is named."""
    own = (IssuedInvoice.client == client) & (IssuedInvoice.code == listed.code) & (IssuedInvoice.number == listed.number)
    row = await IssuedInvoice.select(IssuedInvoice.voucher, IssuedInvoice.booked).where(own).first()
    await IssuedInvoice.update({IssuedInvoice.voided: True}).where(own)
    voucher = row["voucher"] if row else None
    if voucher is None:
        return
    standing = await use(Ledger).voucher(voucher)
    if standing.state is VoucherState.POSTED:
        kept.notes.append(f"发票 {listed.number} 已作废,但凭证 {standing.label} 已记账,请红冲这张凭证。")
        return
    if standing.state is VoucherState.DRAFT:
        await use(Ledger).discard(voucher, f"发票 {listed.number} 已作废")
    await IssuedInvoice.update({IssuedInvoice.voucher: None}).where(
        IssuedInvoice.client == client, IssuedInvoice.voucher == voucher
    )
