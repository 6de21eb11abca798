"""Which charges a payment settles, and why. Pure; amounts are fen.

Within one account and counterparty a *charge* stands on the account's normal side (an invoice), a *payment* on the other (a receipt, a
return). Rules are tried in order; the one by which the person settled this counterparty's last payment comes right after what the text says.
"""

import re
from collections.abc import Mapping, Sequence

from zhangfang_sdk.open_items import Match, OpenItem, Proposal, Rule

ORDER = (Rule.EQUAL, Rule.SUM, Rule.OLDEST)
MOST_IN_A_RUN = 60
"""Of how many charges, the oldest, runs that add up to a payment are looked for."""

_NAMES = re.compile(r"[A-Za-z0-9]{6,}|(?<!\d)\d{1,2}月")

Taken = list[tuple[OpenItem, int]]
Left = Mapping[int, int]
"""What is left of each charge, more than zero."""


def proposed(
    items: Sequence[OpenItem], is_debit: bool, remembered: Rule | None = None, most: int | None = None
) -> list[Proposal]:
    """For the payments among ``items`` (of one account and counterparty, oldest first). ``is_debit``: the account's charges are debits."""
    sign = 1 if is_debit else -1
    charges = [i for i in items if i.open * sign > 0]
    left = {i.id: abs(i.open) for i in charges}
    found: list[Proposal] = []
    for payment in (i for i in items if i.open * sign < 0):
        standing = [c for c in charges if left[c.id]]
        if not standing or len(found) == most:
            break
        rule, taken = _by_rules(payment, standing, left, remembered)
        for charge, amount in taken:
            left[charge.id] -= amount
        matches = tuple(_match(payment, charge, amount, is_debit) for charge, amount in taken)
        found.append(Proposal(payment, tuple(c for c, _ in taken), matches, rule, rule is remembered))
    return found


def rule_of(payments: Sequence[OpenItem], charges: Sequence[OpenItem], settled: Mapping[int, int]) -> Rule:
    """By which rule a person settled: ``settled`` is item → amount, ``charges`` are all that were open then, oldest first."""
    chosen = [c for c in charges if settled.get(c.id)]
    if len(payments) != 1 or not chosen:
        return Rule.CHOSEN
    amount = abs(payments[0].open)
    whole = sum(settled[c.id] for c in chosen) == amount and all(settled[c.id] == abs(c.open) for c in chosen)
    if whole and len(chosen) == 1 and chosen[0] is not charges[0]:
        return Rule.EQUAL
    if chosen == list(charges[: len(chosen)]):
        return Rule.EQUAL if whole and len(chosen) == 1 else Rule.OLDEST
    if chosen == list(charges[-len(chosen) :]):
        return Rule.LATEST
    return Rule.SUM if whole else Rule.CHOSEN


def _by_rules(
    payment: OpenItem, charges: Sequence[OpenItem], left: Left, remembered: Rule | None
) -> tuple[Rule, Taken]:
    known = (remembered,) if remembered in (Rule.OLDEST, Rule.LATEST) else ()
    for rule in (Rule.NAMED, *known, *ORDER):
        chosen = _chosen(rule, payment, charges, left)
        if chosen:
            return rule, _filled(abs(payment.open), chosen, left)
    return Rule.OLDEST, _filled(abs(payment.open), charges, left)


def _chosen(rule: Rule, payment: OpenItem, charges: Sequence[OpenItem], left: Left) -> Sequence[OpenItem]:
    amount = abs(payment.open)
    if rule is Rule.NAMED:
        names = _named(payment)
        return [c for c in charges if names & _named(c) or c.label in payment.summary]
    if rule is Rule.EQUAL:
        equal = [c for c in charges if left[c.id] == amount]
        # The nearest one before the payment, as a person would look for it.
        return [c for c in equal if c.date <= payment.date][-1:] or equal[:1]
    if rule is Rule.SUM:
        return _run(amount, charges[:MOST_IN_A_RUN], left)
    return charges[::-1] if rule is Rule.LATEST else charges


def _named(item: OpenItem) -> set[str]:
    """Numbers and months in the text. The account's own code and those above it are all its items' alike: they name none."""
    return {name for name in _NAMES.findall(item.summary) if not item.account.startswith(name)}


def _run(amount: int, charges: Sequence[OpenItem], left: Left) -> Sequence[OpenItem]:
    """The first run of neighbours, two at least, that adds up to ``amount``."""
    for first in range(len(charges) - 1):
        whole = left[charges[first].id]
        for last in range(first + 1, len(charges)):
            whole += left[charges[last].id]
            if whole >= amount:
                if whole == amount:
                    return charges[first : last + 1]
                break
    return ()


def _filled(amount: int, charges: Sequence[OpenItem], left: Left) -> Taken:
    taken: Taken = []
    for charge in charges:
        part = min(amount, left[charge.id])
        if part:
            taken.append((charge, part))
            amount -= part
    return taken


def _match(payment: OpenItem, charge: OpenItem, amount: int, is_debit: bool) -> Match:
    return Match(charge.id, payment.id, amount) if is_debit else Match(payment.id, charge.id, amount)
