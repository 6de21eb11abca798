"""What of a bank account's lines no voucher explains, and what of the books no line does."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from zhangfang_books.bank.matching.kinds import Line, Target
from zhangfang_books.bank.tables import BankAccount, BankLineRow, BankMatch
from zhangfang_books.reading import posted_vouchers
from zhangfang_sdk import use
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.ledger import Ledger, Voucher, VoucherState
from zhangfang_sdk.open_items import OpenItem, OpenItems
from zhangfang_sdk.periods import Period

ADVANCES = ("1123", "2203")
"""预付账款 and 预收账款: money paid or taken before, which no further payment settles."""
MONTHS_BEFORE = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A posted voucher's line ``place`` on the bank's account; ``amount`` in fen, debit positive."""

    voucher: int
    place: int
    label: str
    date: dt.date
    amount: int
    party: str
    summary: str

    @property
    def key(self) -> str:
        return f"e{self.voucher}:{self.place}"


@dataclass(slots=True)
class Standing:
    """``explained``: line → fen that vouchers explain; ``tied``: entry's key → fen that lines explain. ``drafts`` are unposted vouchers' ids.

    ``posted`` are all the vouchers of the days and of two months before; ``entries`` of those that are not cancelled.
    """

    account: BankAccount
    rows: Sequence[BankLineRow]
    posted: Sequence[Voucher]
    entries: Sequence[Entry]
    matches: Sequence[BankMatch]
    drafts: Mapping[int, Voucher]
    explained: Mapping[int, int] = field(default_factory=dict)
    tied: Mapping[str, int] = field(default_factory=dict)

    def lines(self) -> list[Line]:
        """What is left of the lines."""
        return [
            Line(r.id, r.date, left, r.counterparty, r.counterparty_number, r.text)
            for r in self.rows
            if (left := r.amount - self.explained.get(r.id, 0)) != 0
        ]

    def open_entries(self) -> list[Target]:
        return [
            Target(e.key, e.date, left, e.party, is_entry=True)
            for e in self.entries
            if (left := e.amount - self.tied.get(e.key, 0)) != 0
        ]

    def promised(self) -> dict[int, int]:
        """Open item → fen (not negative) that drafts of the client will settle."""
        found = defaultdict[int, int](int)
        for match in self.matches:
            for item, amount in json.loads(match.charges) if match.voucher in self.drafts else ():
                found[item] += amount
        return found


async def standing(account: BankAccount, *, since: dt.date | None = None, until: dt.date | None = None) -> Standing:
    """Of the days of the account's lines, or of those between the days (both included); matches of given up or reversed vouchers count not."""
    client = account.client
    rows = await _rows(account, since, until)
    last = Period.of(until) if until else Period.current().plus(1)
    begins = since or await _first_day(account) or last.first_day
    vouchers = await posted_vouchers(client, Period.of(begins).plus(-MONTHS_BEFORE), last)
    if until:
        vouchers = [v for v in vouchers if v.date <= until]
    names = {item.id: item.name for item in await use(Dimensions).items(client)}
    ids = {v.id for v in vouchers}
    alive = [v for v in vouchers if not _is_cancelled(v, ids)]
    entries = [e for v in alive for e in entries_of(v, account.account, names)]
    drafts = {v.id: v for v in await _drafts(client)}
    known = {v.id for v in alive} | drafts.keys()
    matches = [m for m in await BankMatch.objects().where(BankMatch.client == client) if m.voucher in known]
    if until:
        early = set(await _lines_until(client, until))
        matches = [m for m in matches if m.line in early]
    return _counted(Standing(account, rows, vouchers, entries, matches, drafts))


async def _lines_until(client: int, day: dt.date) -> Sequence[int]:
    query = BankLineRow.select(BankLineRow.id).where(BankLineRow.client == client, BankLineRow.date <= day)
    return list(await query.output(as_list=True))


def _counted(found: Standing) -> Standing:
    """An entry may be tied to a line of another bank account that has the same account of the ledger."""
    explained, tied = defaultdict[int, int](int), defaultdict[str, int](int)
    for match in found.matches:
        explained[match.line] += match.amount
        tied[f"e{match.voucher}:{match.place}"] += match.amount
    found.explained, found.tied = explained, tied
    return found


async def _rows(account: BankAccount, since: dt.date | None, until: dt.date | None) -> Sequence[BankLineRow]:
    query = BankLineRow.objects().where(BankLineRow.account == account.id)
    if since:
        query = query.where(BankLineRow.date >= since)
    if until:
        query = query.where(BankLineRow.date <= until)
    return await query.order_by(BankLineRow.date, BankLineRow.place)


async def _first_day(account: BankAccount) -> dt.date | None:
    query = BankLineRow.select(BankLineRow.date).where(BankLineRow.account == account.id)
    rows = await query.order_by(BankLineRow.date).limit(1).output(as_list=True)
    return rows[0] if rows else None


async def _drafts(client: int) -> Sequence[Voucher]:
    found: list[Voucher] = []
    before: int | None = None
    while True:
        page = await use(Ledger).vouchers(client, state=VoucherState.DRAFT, limit=500, before=before)
        found += page
        if len(page) < 500:
            return found
        before = page[-1].id


def _is_cancelled(voucher: Voucher, standing: Collection[int]) -> bool:
    """A reversed voucher and its reversal take each other back: no bank's line explains either, once both stand in the books."""
    return voucher.reversed_by in standing or voucher.reverses is not None


def entries_of(voucher: Voucher, account: str, names: Mapping[int, str]) -> Iterable[Entry]:
    """The voucher's lines on ``account``; the party is its own, else the only one that the other lines name."""
    parties = {line.counterparty or _item_name(line.dimensions, names) for line in voucher.lines} - {""}
    party = parties.pop() if len(parties) == 1 else ""
    for place, line in enumerate(voucher.lines, 1):
        if line.account == account:
            amount = line.debit - line.credit
            yield Entry(
                voucher.id, place, voucher.label, voucher.date, amount, line.counterparty or party, line.summary or voucher.summary
            )


def _item_name(dimensions: Mapping[str, int], names: Mapping[int, str]) -> str:
    return next((names.get(dimensions[kind], "") for kind in ("customer", "supplier", "employee") if kind in dimensions), "")


async def open_items(client: int, promised: Mapping[int, int]) -> list[OpenItem]:
    """What payments may settle: charges of receivables and payables, less what was paid and is not settled yet (the oldest first).

    ``promised``: item → fen that drafts will settle, which is not open any more.
    """
    found: list[OpenItem] = []
    accounts = [a for a in await use(Ledger).accounts(client) if a.open_items]
    codes = {a.code for a in accounts}
    for account in accounts:
        if account.parent in codes or account.code.startswith(ADVANCES):
            continue
        sign = 1 if account.normal_balance == "debit" else -1
        items = await use(OpenItems).items(client, account.code)
        found += _less_paid([_less(item, promised.get(item.id, 0)) for item in items], sign)
    return found


def _less(item: OpenItem, promised: int) -> OpenItem:
    left = max(abs(item.open) - promised, 0)
    return replace(item, open=left if item.open > 0 else -left) if promised else item


def _less_paid(items: Sequence[OpenItem], sign: int) -> list[OpenItem]:
    paid = defaultdict[tuple[str, str], int](int)
    for item in items:
        if item.open * sign < 0:
            paid[item.account, item.counterparty] += abs(item.open)
    left = []
    for item in items:
        if item.open * sign > 0:
            whose = item.account, item.counterparty
            if paid[whose] >= abs(item.open):
                paid[whose] -= abs(item.open)
            elif paid[whose]:
                paid[whose] = 0
            else:
                left.append(item)
    return left
