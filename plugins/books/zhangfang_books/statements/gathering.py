"""From accounts and monthly balances to the figures of a statement's column. Pure; fen, debit positive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.statements.evaluating import Figures
from zhangfang_books.statements.forms import Form
from zhangfang_sdk.ledger import Account, Balance, LedgerEntry, VoucherKind
from zhangfang_sdk.periods import Period

PROFIT_AND_LOSS = "profit_and_loss"


@dataclass(frozen=True, slots=True)
class Books:
    """One client's chart, monthly balances since the opening, and the entries of accounts split by counterparty."""

    accounts: Sequence[Account]
    balances: Sequence[Balance]
    party_entries: Sequence[LedgerEntry] = ()

    def closing(self, until: Period | None) -> dict[str, int]:
        """Balance of each leaf account at the end of ``until``; None is the opening."""
        sums: dict[str, int] = {}
        for b in self.balances:
            if b.period is None or (until is not None and b.period <= until):
                moved = b.debit + b.closing_debit - b.credit - b.closing_credit
                sums[b.account] = sums.get(b.account, 0) + moved
        return sums

    def turnover(self, first: Period, last: Period) -> dict[str, int]:
        """Debit less credit of each leaf account without closing vouchers (结转损益)."""
        sums: dict[str, int] = {}
        for b in self.balances:
            if b.period is not None and first <= b.period <= last:
                sums[b.account] = sums.get(b.account, 0) + b.debit - b.credit
        return sums

    def by_party(self, until: Period | None) -> dict[tuple[str, str], int]:
        """(leaf account, counterparty) → balance, of the accounts whose entries were given."""
        sums: dict[tuple[str, str], int] = {}
        for e in self.party_entries:
            if e.kind is VoucherKind.OPENING or (until is not None and Period.of(e.date) <= until):
                key = (e.account, e.counterparty)
                sums[key] = sums.get(key, 0) + e.debit - e.credit
        return sums

    def profit_and_loss(self) -> frozenset[str]:
        return frozenset(a.code for a in self.accounts if a.category == PROFIT_AND_LOSS)

    def at(self, until: Period | None) -> Figures:
        """A balance sheet's column."""
        balances, result = self.closing(until), self.profit_and_loss()
        unclosed = -sum(v for code, v in balances.items() if code in result)
        return Figures(balances, self.by_party(until), unclosed)

    def cash(self, until: Period | None, accounts: tuple[str, ...]) -> int:
        return sum(v for code, v in self.closing(until).items() if code.startswith(accounts))


def split_accounts(form: Form) -> tuple[str, ...]:
    """The accounts that the form splits by counterparty, sorted."""
    return tuple(sorted({t.key for line in form.lines for t in line.terms if t.take in ("dd", "cc")}))


def uncovered(form: Form, books: Books, until: Period | None) -> dict[str, int]:
    """Balances of accounts that no line of the balance sheet takes: they are why it would not balance."""
    taken = tuple({t.key for line in form.lines for t in line.terms if t.take in ("d", "c", "dd", "cc")})
    result = books.profit_and_loss()
    return {
        code: v
        for code, v in sorted(books.closing(until).items())
        if v and code not in result and not code.startswith(taken)
    }


def added(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {code: first.get(code, 0) + second.get(code, 0) for code in {*first, *second}}
