"""Whether a proposal cannot be otherwise. Pure.

Sure is one payment of one target of the very party to the fen, when nothing else that is open could be it: no equal amount of this or a like name,
on either side; no other targets that add up to it, nor to it and a fee; no payment in part of a larger one. What cannot be excluded is asked.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from zhangfang_books.bank.matching.fees import most_fee
from zhangfang_books.bank.matching.kinds import Line, Proposal, Rule, Target
from zhangfang_books.bank.matching.names import Names, plain_name
from zhangfang_books.bank.matching.sums import LONGEST_RUN, Sums

T = TypeVar("T")

ROUND_FEN = 10_000
MOST_JUDGED = 18
"""Of more that are open nothing can be said with certainty."""
LONGEST_DAYS = 366


class Sureness:
    """Judges against everything that there was in the beginning, whatever was proposed since."""

    def __init__(self, lines: Sequence[Line], targets: Sequence[Target], names: Names) -> None:
        self._names = names
        self._lines: dict[int, list[Line]] = defaultdict(list)
        self._targets: dict[int, list[Target]] = defaultdict(list)
        self._lines_of: dict[str, list[Line]] = defaultdict(list)
        self._targets_of: dict[str, list[Target]] = defaultdict(list)
        for line in lines:
            self._lines[line.amount].append(line)
            self._lines_of[plain_name(line.party)].append(line)
        for target in targets:
            self._targets[target.amount].append(target)
            self._targets_of[plain_name(target.party)].append(target)

    @cached_property
    def _line_names(self) -> Names:
        return Names(self._lines_of)

    def judged(self, proposal: Proposal) -> Proposal:
        if proposal.rule not in (Rule.EQUAL, Rule.NAMED) or proposal.alike or len(proposal.lines) != 1:
            return proposal
        return replace(proposal, sure=self._is_only(proposal.lines[0], proposal.targets[0]))

    def _is_only(self, line: Line, target: Target) -> bool:
        party = plain_name(line.party)
        if not party or party != plain_name(target.party):
            return False
        days = (line.date - target.date).days
        if days > LONGEST_DAYS or (days < 0 and not target.is_entry):
            return False
        others = _near(self._targets_of, self._names, party)
        payments = _near(self._lines_of, self._line_names, party)
        if len(others) > MOST_JUDGED or len(payments) > MOST_JUDGED:
            return False
        rest = [t for t in others if t.key != target.key]
        paid = [one for one in payments if one.id != line.id]
        return (
            self._amount_is_its_own(line, target, party)
            and not _may_be_others(line.amount, [t.amount for t in rest])
            and not _may_be_in_part(line.amount, [t.amount for t in rest], [one.amount for one in paid])
            and not _may_be_others(target.amount, [one.amount for one in paid])
        )

    def _amount_is_its_own(self, line: Line, target: Target, party: str) -> bool:
        """No other payment of this amount but of parties known to be others, and no other target but of names that are not like."""
        for other in self._lines[line.amount]:
            name = plain_name(other.party)
            if other.id != line.id and (name not in self._names or name == party or name in self._names.like(party)):
                return False
        like = {party, "", *self._names.like(party)}
        return all(t.key == target.key or plain_name(t.party) not in like for t in self._targets[line.amount])


def _near(of: Mapping[str, Sequence[T]], names: Names, party: str) -> list[T]:
    """What is of this party, or of one with a like name."""
    return [one for name in (party, *names.like(party)) for one in of.get(name, ())]


def _may_be_others(amount: int, others: Sequence[int]) -> bool:
    """Whether others make the amount, or the amount with a fee."""
    most = most_fee(amount)
    low, high = min(amount, amount + most), max(amount, amount + most)
    if any(low <= other <= high for other in others):
        return True
    return len(others) > 1 and Sums(others[:LONGEST_RUN]).between(low, high) is not None


def _may_be_in_part(amount: int, others: Sequence[int], payments: Sequence[int]) -> bool:
    """Whether it may be a part of a larger target: with other payments it makes one up, or it is a round sum or a plain share of one."""
    larger = [other for other in others if abs(other) > abs(amount)]
    if not larger:
        return False
    if amount % ROUND_FEN == 0 or any(amount * 20 % other == 0 for other in larger):
        return True
    rests = [other - amount for other in larger]
    sums = Sums(payments[:LONGEST_RUN])
    return any(rest in payments or sums.making(rest) is not None for rest in rests)
