"""Everything that rules want to know of one client, read once for all months in question through the services."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_risk_rules.judging.invoices import class_of
from zhangfang_risk_rules.judging.listed import RiskList
from zhangfang_risk_rules.judging.received import UNDEDUCTIBLE
from zhangfang_risk_rules.rules.reading_data import accounts_of
from zhangfang_risk_rules.scanning.risk_list import listed_sellers
from zhangfang_sdk import use
from zhangfang_sdk.bank import Bank
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.filings import Filing, Filings
from zhangfang_sdk.invoices import Invoice, InvoiceQuery, Invoices, InvoiceState
from zhangfang_sdk.ledger import Ledger, LedgerEntry, PartyBalance, Voucher, VoucherState
from zhangfang_sdk.open_items import OpenItem, OpenItems
from zhangfang_sdk.payrolls import Payrolls, PayrollTotals
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.profile import Fact, FactValue, holding
from zhangfang_sdk.risk import ListedSeller, Material, Reader, RiskRule
from zhangfang_sdk.risk_books import BookSums, InvoiceShelf
from zhangfang_sdk.services import ServiceMissing

MONTHS_BACK = 14
"""How far before the earliest month rules may look at invoices."""
AT_ONCE = 500
MOST_CASH_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of ``client``; :meth:`at` is what a rule gets at the end of a month."""

    client: Client
    facts: Sequence[Fact[FactValue]]
    day: dt.date
    books: BookSums
    invoices: InvoiceShelf = field(default_factory=InvoiceShelf)
    deducted: Mapping[str, int] = field(default_factory=dict)
    dues: Mapping[Period, Mapping[str, Sequence[OpenItem]]] = field(default_factory=dict)
    parties: Sequence[PartyBalance] = ()
    cash_entries: Sequence[LedgerEntry] = ()
    payrolls: Mapping[Period, PayrollTotals] = field(default_factory=dict)
    filings: Sequence[Filing] = ()
    unexplained: Mapping[Period, tuple[int, int]] = field(default_factory=dict)
    risk_list: Sequence[ListedSeller] = ()

    def at(self, month: Period, limits: Mapping[str, int]) -> Material:
        day = min(self.day, month.last_day)
        return Material(
            self.client, holding(self.client.id, self.facts, day), month, day, self.books, self.invoices,
            self.dues.get(month, {}), self.parties, self.cash_entries, self.payrolls, self.filings, self.deducted,
            self.unexplained.get(month), self.risk_list, limits,
        )  # fmt: skip


async def read(client: int, rules: Iterable[tuple[RiskRule, Iterable[Period]]], day: dt.date | None = None) -> Known | None:
    """For these rules at the ends of these months. None for a client whose accounting standard is not known here, or without months."""
    by_reader: defaultdict[Reader, set[Period]] = defaultdict(set)
    every: set[Period] = set()
    for rule, months in rules:
        asked_at = set(months)
        every |= asked_at
        for reader in rule.needs if asked_at else ():
            by_reader[reader] |= asked_at
    needs = by_reader.keys()
    about = await use(Clients).client(client)
    roles = accounts_of(about.standard)
    asked = sorted(every)
    if roles is None or not asked:
        return None
    first, last = asked[0], asked[-1]
    facts = await use(Clients).history(client)
    balances = await use(Ledger).balances(client, None, last) if needs & {Reader.BOOKS, Reader.PARTIES} else ()
    books = BookSums(balances, roles)
    shelf, deducted = InvoiceShelf(), dict[str, int]()
    risk_list: Sequence[ListedSeller] = ()
    if Reader.RISK_LIST in needs:
        risk_list = await listed_sellers()
    if needs & {Reader.INVOICES, Reader.DEDUCTIONS}:
        shelf = await _invoices(client, first.plus(-MONTHS_BACK) if Reader.INVOICES in needs else first, last)
    if Reader.DEDUCTIONS in needs:
        deducted = await _deducted(shelf.received(first, last, all_states=True), risk_list, books.codes("vat_input"))
    return Known(
        client=about,
        facts=facts,
        day=today() if day is None else day,
        books=books,
        invoices=shelf,
        deducted=deducted,
        dues={month: await _dues(client, month, roles) for month in by_reader[Reader.DUES]},
        parties=await _parties(client, sorted(by_reader[Reader.PARTIES]), roles) if Reader.PARTIES in needs else (),
        cash_entries=await use(Ledger).entries(client, roles["cash"][0], first, last, limit=MOST_CASH_ENTRIES) if Reader.CASH in needs else (),
        payrolls=await _payrolls(client, sorted(by_reader[Reader.PAYROLL])),
        filings=await _filings(client) if Reader.FILINGS in needs else (),
        unexplained=await _unexplained(client, sorted(by_reader[Reader.BANK])),
        risk_list=risk_list,
    )


async def _invoices(client: int, first: Period, last: Period) -> InvoiceShelf:
    query = InvoiceQuery(client, first, last, states=frozenset(InvoiceState))
    found: list[Invoice] = []
    missing: dict[str, None] = {}
    after = ""
    while True:
        page = await use(Invoices).page(query, after=after, limit=AT_ONCE)
        found += page.invoices
        missing |= dict.fromkeys(page.missing)
        after = page.after
        if not after:
            return InvoiceShelf(found, tuple(missing))


async def _deducted(received: Sequence[Invoice], risk_list: Sequence[ListedSeller], codes: tuple[str, ...]) -> dict[str, int]:
    """Input tax in the posted vouchers of those invoices that a rule may ask about."""
    listed = RiskList(risk_list)
    asked = [i for i in received if i.voucher is not None and i.tax > 0 and _is_doubtful(i, listed)]
    if not asked:
        return {}
    vouchers = {v.id: v for v in await use(Ledger).vouchers_by_id([i.voucher for i in asked if i.voucher is not None])}
    found = {}
    for invoice in asked:
        voucher = vouchers.get(invoice.voucher or 0)
        if voucher is not None and voucher.state is VoucherState.POSTED:
            found[invoice.key] = deducted_by(voucher, invoice, codes)
    return found


def deducted_by(voucher: Voucher, invoice: Invoice, codes: tuple[str, ...]) -> int:
    """Fen of input tax (accounts ``codes``) that the voucher of an invoice books, no more than the invoice's own. Pure."""
    tax = sum(line.debit - line.credit for line in voucher.lines if line.account.startswith(codes))
    return min(max(tax, 0), invoice.tax)


def _is_doubtful(invoice: Invoice, listed: RiskList) -> bool:
    return (
        invoice.state in (InvoiceState.RED, InvoiceState.VOIDED)
        or any(class_of(line) in UNDEDUCTIBLE for line in invoice.lines)
        or listed.found(invoice.seller) is not None
    )


async def _dues(client: int, month: Period, roles: Mapping[str, tuple[str, ...]]) -> Mapping[str, Sequence[OpenItem]]:
    return {
        role: [item for code in roles[role] for item in await use(OpenItems).items(client, code, at=month.last_day)]
        for role in ("receivable", "payable")
    }


async def _parties(client: int, months: Sequence[Period], roles: Mapping[str, tuple[str, ...]]) -> Sequence[PartyBalance]:
    ends: list[Period | None] = sorted({*months, *(Period(month.year - 1, 12) for month in months)})  # type: ignore[assignment]  # a list of months is asked as one that may hold the opening
    return await use(Ledger).party_balances(client, roles["other_receivable"], ends)


async def _payrolls(client: int, months: Sequence[Period]) -> Mapping[Period, PayrollTotals]:
    try:
        payrolls = use(Payrolls)
    except ServiceMissing:
        return {}
    return {month: found for month in months if (found := await payrolls.standing(client, month)) is not None}


async def _filings(client: int) -> Sequence[Filing]:
    try:
        filings = use(Filings)
    except ServiceMissing:
        return ()
    day = today()
    return await filings.standing(client, due_until=day, due_from=day - dt.timedelta(days=730))


async def _unexplained(client: int, months: Sequence[Period]) -> Mapping[Period, tuple[int, int]]:
    """Fen of bank lines of each month without a voucher; nothing for a client of whom no bank has ever spoken."""
    try:
        bank = use(Bank)
    except ServiceMissing:
        return {}
    if not months or not await bank.balances(client):
        return {}
    found = {}
    for month in months:
        lines = await bank.unmatched(client, month)
        found[month] = (sum(x.amount for x in lines if x.amount > 0), -sum(x.amount for x in lines if x.amount < 0))
    return found
