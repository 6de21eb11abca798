"""现金流量表, direct method: which line each voucher's cash belongs to. Pure; amounts are integer fen.

Cash is what a voucher moves on the cash accounts taken together, so that moving money between them is no flow. The
other lines of the voucher say what it was for. Lines that stand against the flow (withheld insurance in a
payment of wages, a platform's commission in a settlement) lessen it and belong to no line of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.statements.forms import CashRule, CashRules, Direction
from zhangfang_sdk.ledger import Line, Voucher

UNASSIGNED = 0
"""Stands for the line of cash that no rule places."""


@dataclass(frozen=True, slots=True)
class Flow:
    """``amount`` is positive for money coming in. ``line`` is a line's number or ``UNASSIGNED``; ``place`` the voucher's line from 1."""

    voucher: int
    place: int
    line: int
    amount: int
    by_hand: bool = False


def flows(voucher: Voucher, rules: CashRules, assigned: Mapping[int, int]) -> list[Flow]:
    """The voucher's cash by line; their sum is what the cash accounts moved by. ``assigned``: place → line chosen by a person."""
    others = [(place, line) for place, line in enumerate(voucher.lines, 1) if not _is_cash(line, rules)]
    if len(others) == len(voucher.lines) or not others:
        return []
    cash = sum(line.debit - line.credit for line in voucher.lines if _is_cash(line, rules))
    if cash == 0:
        return []
    # A red voucher takes back what its mirror did: judge the mirror, and turn the sign.
    red = all(line.debit + line.credit < 0 for line in voucher.lines)
    factor = -1 if red else 1
    incoming = cash * factor > 0
    sign = 1 if incoming else -1
    moved = {place: factor * (line.credit - line.debit) for place, line in others}
    main = [(place, line) for place, line in others if moved[place] * sign > 0]
    against = -sign * sum(amount for amount in moved.values() if amount * sign < 0)
    direction: Direction = "in" if incoming else "out"
    found = _lines(voucher, main, rules, assigned, direction, moved)
    shares = _less(against, [abs(moved[place]) for place, _ in main])
    return [
        Flow(voucher.id, place, found[place], factor * sign * share, place in assigned)
        for (place, _), share in zip(main, shares, strict=True)
        if share
    ]


def totals(found: Iterable[Flow], directions: Mapping[int, Direction | None]) -> dict[int, int]:
    """Line → amount as the statement shows it: payments as positive figures on the lines of payments."""
    sums: dict[int, int] = {}
    for flow in found:
        signed = -flow.amount if directions.get(flow.line) == "out" else flow.amount
        sums[flow.line] = sums.get(flow.line, 0) + signed
    return sums


def _lines(
    voucher: Voucher,
    main: Sequence[tuple[int, Line]],
    rules: CashRules,
    assigned: Mapping[int, int],
    direction: Direction,
    moved: Mapping[int, int],
) -> dict[int, int]:
    chosen: dict[int, int] = {}
    following: list[int] = []
    for place, line in main:
        rule = _rule(line, voucher, rules)
        if place in assigned:
            chosen[place] = assigned[place]
        elif rule is not None and rule.follows:
            following.append(place)
        else:
            chosen[place] = _line(rule, direction)
    largest = max(chosen, key=lambda place: abs(moved[place]), default=None)
    for place in following:
        rule = _rule(dict(main)[place], voucher, rules)
        chosen[place] = chosen[largest] if largest is not None else _line(rule, direction)
    return chosen


def _line(rule: CashRule | None, direction: Direction) -> int:
    line = None if rule is None else rule.incoming if direction == "in" else rule.outgoing
    return UNASSIGNED if line is None else line


def _rule(line: Line, voucher: Voucher, rules: CashRules) -> CashRule | None:
    """The longest account wins; of equals the one whose words stand in the summary."""
    text = f"{line.summary} {voucher.summary}"
    best: tuple[int, bool, CashRule] | None = None
    for rule in rules.rules:
        if rule.words and not any(word in text for word in rule.words):
            continue
        for account in rule.accounts:
            if line.account.startswith(account):
                rank = (len(account), bool(rule.words))
                if best is None or rank > best[:2]:
                    best = (*rank, rule)
    return None if best is None else best[2]


def _less(against: int, amounts: Sequence[int]) -> list[int]:
    """Take ``against`` off ``amounts`` in proportion, to the fen; the largest carries what rounding leaves."""
    whole = sum(amounts)
    taken = [against * amount // whole for amount in amounts]
    taken[amounts.index(max(amounts))] += against - sum(taken)
    return [amount - off for amount, off in zip(amounts, taken, strict=True)]


def _is_cash(line: Line, rules: CashRules) -> bool:
    return line.account.startswith(rules.cash)
