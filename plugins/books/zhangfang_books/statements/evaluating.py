"""Evaluate a form over figures. Pure; amounts are integer fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhangfang_books.statements.forms import Form, FormFault, Term


@dataclass(frozen=True, slots=True)
class Figures:
    """What one column of a statement is made from; all debit positive.

    ``accounts``: leaf account → balance (balance sheet) or turnover without closing vouchers (income statement).
    ``parties``: (leaf account, counterparty) → balance, for the accounts that the law splits by counterparty.
    ``unclosed``: profit that still stands on profit-and-loss accounts. ``cash``: line → classified cash.
    """

    accounts: Mapping[str, int] = field(default_factory=dict)
    parties: Mapping[tuple[str, str], int] = field(default_factory=dict)
    unclosed: int = 0
    cash: Mapping[int, int] = field(default_factory=dict)
    cash_opening: int = 0


_NOTHING: Mapping[int, int] = {}


def evaluate(form: Form, figures: Figures, by_hand: Mapping[int, int] = _NOTHING) -> dict[int, int]:
    """Line number → fen, with what a person added to lines. Raises FormFault for lines that read one another in a circle."""
    values: dict[int, int] = {}
    lines = {line.number: line for line in form.lines}
    sums = _by_prefix(figures.accounts)
    under_way: set[int] = set()

    def value(number: int) -> int:
        if number not in values:
            if number in under_way:
                raise FormFault(f"{form.code}: line {number} reads itself")
            under_way.add(number)
            counted = by_hand.get(number, 0)
            for term in lines[number].terms:
                counted += term.sign * amount(term, number)
            values[number] = counted
        return values[number]

    def amount(term: Term, number: int) -> int:
        if term.take == "L":
            return value(int(term.key))
        if term.take == "cash_line":
            return figures.cash.get(number, 0)
        return _amount(term, figures, sums)

    for line in form.lines:
        value(line.number)
    return values


def _by_prefix(accounts: Mapping[str, int]) -> dict[str, int]:
    """The sum of an account with all below it, by the beginning that their codes share."""
    sums: dict[str, int] = {}
    for code, amount in accounts.items():
        for length in range(1, len(code) + 1):
            key = code[:length]
            sums[key] = sums.get(key, 0) + amount
    return sums


def _amount(term: Term, figures: Figures, sums: Mapping[str, int]) -> int:
    if term.take in ("d", "c", "dp", "cp"):
        balance = sums.get(term.key, 0)
        signed = balance if term.take.startswith("d") else -balance
        return max(signed, 0) if term.take.endswith("p") else signed
    if term.take == "unclosed":
        return figures.unclosed
    if term.take == "cash_opening":
        return figures.cash_opening
    by_party: dict[tuple[str, str], int] = {}
    for (code, party), balance in figures.parties.items():
        if code.startswith(term.key):
            # Named customers are judged one by one over all sub-accounts; without a name each sub-account is its own.
            key = (term.key, party) if party else (code, "")
            by_party[key] = by_party.get(key, 0) + balance
    signed = 1 if term.take == "dd" else -1
    return sum(max(signed * balance, 0) for balance in by_party.values())
