"""银行存款余额调节表: what the bank says and what the books say at the end of a month, and the items that lie between."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhangfang_books.bank.accounts import accounts_of
from zhangfang_books.bank.standing import standing
from zhangfang_books.bank.tables import BankAccount
from zhangfang_sdk import use
from zhangfang_sdk.ledger import Ledger, Voucher
from zhangfang_sdk.periods import Period
from zhangfang_sdk.sheets import Cell, Heading, Row, Sheet


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """One item under way (未达账项): ``amount`` in fen, positive for money that comes in; ``voucher`` None for a bank's line."""

    date: dt.date
    text: str
    amount: int
    voucher: int | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Amounts in fen at the end of ``day``. ``bank`` None while no balance of it is known; ``from_before`` is how far the books stood above
    the bank when its first line came: what nobody can explain by lines.

    ``of_bank`` are lines that the books have not, ``of_books`` entries that the bank has not.
    """

    day: dt.date
    begins: dt.date | None
    bank: int | None
    books: int
    from_before: int
    of_bank: Sequence[OpenPoint]
    of_books: Sequence[OpenPoint]

    @property
    def bank_adjusted(self) -> int:
        return (self.bank or 0) + sum(point.amount for point in self.of_books) + self.from_before

    @property
    def books_adjusted(self) -> int:
        return self.books + sum(point.amount for point in self.of_bank)

    @property
    def difference(self) -> int:
        return self.books_adjusted - self.bank_adjusted


async def reconciled(account: BankAccount, month: Period) -> Reconciliation:
    """Of the account of the ledger that ``account`` is; bank accounts that share it are taken together."""
    client, day = account.client, month.last_day
    of_bank: list[OpenPoint] = []
    of_books: list[OpenPoint] = []
    bank: int | None = 0
    before, begins = 0, None
    read: dict[int, Voucher] = {}
    tied_before = 0
    for each in await accounts_of(client):
        if each.account != account.account:
            continue
        found = await standing(each, until=day)
        read |= {voucher.id: voucher for voucher in found.posted}
        posted = {e.voucher for e in found.entries}
        explained: dict[int, int] = {}
        for match in found.matches:
            if match.voucher in posted:
                explained[match.line] = explained.get(match.line, 0) + match.amount
        tied = {e.key: found.tied.get(e.key, 0) for e in found.entries}
        rows = found.rows
        if rows:
            first, last = rows[0], rows[-1]
            begins = min(begins or first.date, first.date)
            bank = None if bank is None or last.balance is None else bank + last.balance
            before += 0 if first.balance is None else first.balance - first.amount
        of_bank += [
            OpenPoint(r.date, " ".join(t for t in (r.counterparty, r.text) if t), left)
            for r in rows
            if (left := r.amount - explained.get(r.id, 0)) != 0
        ]
        of_books = [
            OpenPoint(e.date, f"{e.label} {e.summary}", left, e.voucher)
            for e in found.entries
            if begins and e.date >= begins and (left := e.amount - tied[e.key]) != 0
        ]
        tied_before = sum(tied[e.key] for e in found.entries if begins and e.date < begins)
    books = await _books_at(client, account.account, day)
    if begins is None:
        return Reconciliation(day, None, None, books, 0, (), ())
    early = await _balance_before(client, account.account, begins, read.values())
    return Reconciliation(day, begins, bank, books, early - before - tied_before, of_bank, sorted(of_books, key=lambda p: p.date))


async def _books_at(client: int, code: str, day: dt.date) -> int:
    """The account's balance at the end of the month of ``day``."""
    balances = await use(Ledger).balances(client, None, Period.of(day))
    return sum(b.debit - b.credit + b.closing_debit - b.closing_credit for b in balances if b.account == code)


async def _balance_before(client: int, code: str, day: dt.date, posted: Iterable[Voucher]) -> int:
    """The account's balance at the start of ``day``; ``posted`` are the vouchers of its month, at least."""
    first = Period.of(day).first_day
    start = await _books_at(client, code, Period.of(first).plus(-1).last_day)
    lines = (line for voucher in posted if first <= voucher.date < day for line in voucher.lines)
    return start + sum(line.debit - line.credit for line in lines if line.account == code)


def reconciliation_sheet(found: Reconciliation, account: str, organisation: str, by: str) -> Sheet:
    """Both sides on one sheet: the books on the left, the bank on the right."""
    headings = [Heading("日期", width=7), Heading("企业账面", width=22), Heading("金额", True, 10)]
    headings += [Heading("日期", width=7), Heading("银行对账单", width=22), Heading("金额", True, 10)]
    day = f"{found.day:%Y-%m-%d}"
    rows = [Row((day, "企业账面余额", found.books, day, "银行对账单余额", found.bank), True)]
    left = [*_points("加:银行已收、企业未收", found.of_bank, 1), *_points("减:银行已付、企业未付", found.of_bank, -1)]
    right = [*_points("加:企业已收、银行未收", found.of_books, 1), *_points("减:企业已付、银行未付", found.of_books, -1)]
    if found.from_before:
        right.append((f"{found.begins:%Y-%m-%d}", "对账开始时账面与银行的差额", found.from_before))
    nothing: tuple[Cell, Cell, Cell] = ("", "", None)
    for place in range(max(len(left), len(right))):
        one = left[place] if place < len(left) else nothing
        other = right[place] if place < len(right) else nothing
        rows.append(Row((*one, *other)))
    rows.append(Row(("", "调节后余额", found.books_adjusted, "", "调节后余额", found.bank_adjusted), True))
    time = f"{found.day:%Y年%m月%d日}"
    return Sheet(f"银行存款余额调节表 {account}", organisation, time, headings, rows, landscape=True, prepared_by=by)


def _points(title: str, points: Sequence[OpenPoint], sign: int) -> list[tuple[Cell, Cell, Cell]]:
    found = [p for p in points if p.amount * sign > 0]
    rows: list[tuple[Cell, Cell, Cell]] = [("", title, sum(p.amount for p in found))]
    return rows + [(f"{p.date:%Y-%m-%d}", f"  {p.text}", p.amount) for p in found]
