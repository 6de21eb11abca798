"""科目余额表, 总账, 明细账 and 多栏账 from balances and entries. Pure; amounts are integer fen."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_books.statements.gathering import Books
from zhangfang_sdk.ledger import Account, LedgerEntry
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One account with all below it. ``opening`` and ``closing`` are debit positive; ``year_*`` run from January."""

    account: Account
    level: int
    opening: int
    debit: int
    credit: int
    year_debit: int
    year_credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class GeneralRow:
    """One month of an account in the 总账."""

    period: Period
    debit: int
    credit: int
    year_debit: int
    year_credit: int
    balance: int


@dataclass(frozen=True, slots=True)
class General:
    account: Account
    opening: int
    rows: Sequence[GeneralRow]


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One entry with the balance after it; ``columns`` are the amounts of a 多栏账 in the order of its headings."""

    entry: LedgerEntry
    balance: int
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Detail:
    """明细账 of one account; ``headings`` are the accounts of a 多栏账's columns."""

    account: Account
    opening: int
    rows: Sequence[DetailRow]
    headings: Sequence[Account] = ()

    @property
    def debit(self) -> int:
        return sum(r.entry.debit for r in self.rows)

    @property
    def credit(self) -> int:
        return sum(r.entry.credit for r in self.rows)

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit

    @property
    def column_totals(self) -> list[int]:
        return [sum(r.columns[place] for r in self.rows) for place in range(len(self.headings))]


def balance_rows(books: Books, first: Period, last: Period) -> list[BalanceRow]:
    """Every account that has or had an amount, each above its own below; chart order."""
    codes = {a.code: a for a in books.accounts}
    sums: dict[str, list[int]] = {}
    january = Period(last.year, 1)
    for b in books.balances:
        debit, credit = b.debit + b.closing_debit, b.credit + b.closing_credit
        code: str | None = b.account
        while code is not None:
            row = sums.setdefault(code, [0] * 5)
            if b.period is None or b.period < first:
                row[0] += debit - credit
            elif b.period <= last:
                row[1] += debit
                row[2] += credit
            if b.period is not None and january <= b.period <= last:
                row[3] += debit
                row[4] += credit
            code = codes[code].parent if code in codes else None
    return [
        BalanceRow(codes[code], _level(code, codes), *sums[code])
        for code in sorted(sums)
        if code in codes and any(sums[code])
    ]


def general(books: Books, code: str, first: Period, last: Period) -> General:
    """总账 of an account with all below it: a row for each month."""
    account = next(a for a in books.accounts if a.code == code)
    own = [b for b in books.balances if b.account.startswith(code)]
    balance = opening = sum(
        b.debit + b.closing_debit - b.credit - b.closing_credit for b in own if b.period is None or b.period < first
    )
    rows, month = [], first
    while month <= last:
        debit = sum(b.debit + b.closing_debit for b in own if b.period == month)
        credit = sum(b.credit + b.closing_credit for b in own if b.period == month)
        of_year = [b for b in own if b.period is not None and Period(month.year, 1) <= b.period <= month]
        balance += debit - credit
        year_debit = sum(b.debit + b.closing_debit for b in of_year)
        year_credit = sum(b.credit + b.closing_credit for b in of_year)
        rows.append(GeneralRow(month, debit, credit, year_debit, year_credit, balance))
        month = month.plus(1)
    return General(account, opening, rows)


def detail(books: Books, code: str, first: Period, entries: Sequence[LedgerEntry], *, columns: bool = False) -> Detail:
    """明细账; ``entries`` oldest first. ``columns`` spreads each entry over the accounts right below (多栏账)."""
    account = next(a for a in books.accounts if a.code == code)
    before = books.closing(first.plus(-1))
    balance = opening = sum(v for k, v in before.items() if k.startswith(code))
    headings = [a for a in books.accounts if a.parent == code] if columns else []
    used = [h for h in headings if any(e.account.startswith(h.code) for e in entries)]
    side = 1 if account.normal_balance == "debit" else -1
    rows = []
    for entry in entries:
        balance += entry.debit - entry.credit
        amount = side * (entry.debit - entry.credit)
        spread = tuple(amount if entry.account.startswith(h.code) else 0 for h in used)
        rows.append(DetailRow(entry, balance, spread))
    return Detail(account, opening, rows, used)


def _level(code: str, codes: dict[str, Account]) -> int:
    level, parent = 1, codes[code].parent
    while parent is not None and parent in codes:
        level, parent = level + 1, codes[parent].parent
    return level
