"""From accounts and monthly balances to the figures of a statement's column. Pure; fen, debit positive."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from zhangfang_books.statements.evaluating import Figures
from zhangfang_books.statements.forms import Form
from zhangfang_sdk.ledger import Account, Balance, PartyBalance
from zhangfang_sdk.periods import Period

PROFIT_AND_LOSS = "profit_and_loss"


@dataclass(frozen=True, slots=True)
class Books:
    """One client's chart, monthly balances since the opening, and what stands with each party at the ends of months that were asked for."""

    accounts: Sequence[Account]
    balances: Sequence[Balance]
    parties: Sequence[PartyBalance] = ()
    _closings: dict[Period | None, Mapping[str, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def closing(self, until: Period | None) -> Mapping[str, int]:
        """Balance of each leaf account at the end of ``until``; None is the opening. Several statements ask for the same ends."""
        if until not in self._closings:
            self._closings[until] = self._closing(until)
        return self._closings[until]

    def _closing(self, until: Period | None) -> Mapping[str, int]:
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

    def moved(self, first: Period, last: Period) -> dict[str, int]:
        """Debit less credit of each leaf account with closing vouchers."""
        sums: dict[str, int] = {}
        for b in self.balances:
            if b.period is not None and first <= b.period <= last:
                moved = b.debit + b.closing_debit - b.credit - b.closing_credit
                sums[b.account] = sums.get(b.account, 0) + moved
        return sums

    def by_party(self, until: Period | None) -> dict[tuple[str, str], int]:
        """(leaf account, party) → balance, of the accounts and months that were asked for."""
        return {(b.account, b.party): b.balance for b in self.parties if b.until == until}

    def profit_and_loss(self) -> frozenset[str]:
        return frozenset(a.code for a in self.accounts if a.category == PROFIT_AND_LOSS)

    def at(self, until: Period | None) -> Figures:
        """A balance sheet's column."""
        balances, result = self.closing(until), self.profit_and_loss()
        unclosed = -sum(v for code, v in balances.items() if code in result)
        return Figures(balances, self.by_party(until), unclosed)

    def at_start_of(self, year: int, brought: "Brought") -> Figures:
        """年初: the balance sheet's column before ``year`` began; in the year of a take-over told back from the opening balances.

        Where the turnover to date was not brought along, it is the opening itself. Whose share of an account moved is not brought along
        either: an account that moved stands as one.
        """
        if not brought.tells_year_start(self.profit_and_loss()):
            return self.at(Period(year, 1).plus(-1))
        opening, turnover, result = self.closing(None), brought.turnover, self.profit_and_loss()
        codes = {*opening, *turnover} - result
        balances = {code: opening.get(code, 0) - turnover.get(code, 0) for code in codes}
        parties = {key: v for key, v in self.by_party(None).items() if key[0] not in turnover}
        return Figures(balances, parties | {(code, ""): balances[code] for code in turnover.keys() - result})

    def cash(self, until: Period | None, accounts: tuple[str, ...]) -> int:
        return sum(v for code, v in self.closing(until).items() if code.startswith(accounts))


@dataclass(frozen=True, slots=True)
class Brought:
    """What a client brought along that took over its books within a year: figures of that year before the books start.

    ``turnover``: account → debit less credit; ``cash``: cash flow line → amount as the statement shows it.
    """

    turnover: Mapping[str, int] = field(default_factory=dict)
    cash: Mapping[int, int] = field(default_factory=dict)

    def tells_year_start(self, result: Collection[str]) -> bool:
        """Whether balance sheet accounts are among what was brought; ``result`` are the accounts of profit and loss."""
        return any(code not in result for code in self.turnover)


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


Key = TypeVar("Key", bound=str | int)


def added(first: Mapping[Key, int], second: Mapping[Key, int]) -> dict[Key, int]:
    return {key: first.get(key, 0) + second.get(key, 0) for key in {*first, *second}}
