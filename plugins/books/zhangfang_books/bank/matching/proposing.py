"""Proposals for a bank's lines: the strongest reasons first, nothing proposed twice. Pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from zhangfang_books.bank.matching.fees import most_fee
from zhangfang_books.bank.matching.kinds import Line, Proposal, Rule, Target
from zhangfang_books.bank.matching.names import Names, is_person, plain_name
from zhangfang_books.bank.matching.numbers import is_named, tails_of
from zhangfang_books.bank.matching.parts import is_usual_share, larger_than
from zhangfang_books.bank.matching.sums import Sums
from zhangfang_books.bank.matching.sureness import Sureness

EARLIER = dt.timedelta(days=10)
"""Money may come before the invoice that it is for."""
ENTRY_DAYS = dt.timedelta(days=45)
SAME_DAYS = dt.timedelta(days=7)
SPLIT_DAYS = dt.timedelta(days=90)
FEW = 8
"""Among so many of the nearest days a payment less a fee is looked for in sums; among more, chance makes any sum."""


def proposals_for(lines: Sequence[Line], targets: Sequence[Target]) -> list[Proposal]:
    """Each line in one proposal at most, each target too but for parts of it; lines without a target are in none.

    Costs about n log n of both.
    """
    found: list[Proposal] = []
    for sign in (1, -1):
        of_sign = [line for line in lines if line.amount * sign > 0], [t for t in targets if t.amount * sign > 0]
        found += _Matching(*of_sign).proposals()
    return found


class _Matching:
    """Of money that came in, or of money that went out."""

    def __init__(self, lines: Sequence[Line], targets: Sequence[Target]) -> None:
        self._lines = sorted(lines, key=lambda line: (line.date, line.id))
        self._targets = sorted(targets, key=lambda t: (not t.is_entry, t.date, t.key))
        self._left = {line.id: line for line in self._lines}
        self._open = {target.key: target for target in self._targets}
        self._targets_by_party: dict[str, list[Target]] = defaultdict(list)
        for target in self._targets:
            self._targets_by_party[plain_name(target.party)].append(target)
        self._names = Names(self._targets_by_party)
        self._sureness = Sureness(self._lines, self._targets, self._names)
        self._found: list[Proposal] = []

    def proposals(self) -> list[Proposal]:
        self._named()
        self._each_party(self._equal)
        self._each_party(self._merged, self._split)
        self._each_party(self._less_a_fee)
        self._each_party(self._share)
        self._each_party(self._part)
        self._by_day()
        self._by_amount()
        return self._found

    def _each_party(self, *steps: "_Step") -> None:
        """For lines of a party that is known, then of one that is like those that are."""
        grouped: dict[str, list[Line]] = defaultdict(list)
        for line in self._left.values():
            grouped[plain_name(line.party)].append(line)
        for party in [party for party in grouped if party in self._names]:
            for step in steps:
                step(grouped[party], self._of(party), "")
        for party in [party for party in grouped if party and party not in self._names]:
            for name in self._names.like(party):
                for step in steps:
                    step([line for line in grouped[party] if line.id in self._left], self._of(name), name)

    def _of(self, party: str) -> list[Target]:
        """As far as they are open."""
        return [self._open[t.key] for t in self._targets_by_party[party] if t.key in self._open]

    def _take(self, lines: Iterable[Line], targets: Iterable[Target], rule: Rule, alike: str, fee: int = 0) -> None:
        proposal = Proposal(tuple(lines), tuple(targets), rule, fee, alike=alike)
        for line in proposal.lines:
            del self._left[line.id]
        for target in proposal.targets:
            del self._open[target.key]
        self._found.append(self._sureness.judged(proposal))

    def _take_part(self, line: Line, target: Target, alike: str) -> None:
        self._take([line], [target], Rule.PART, alike)
        self._open[target.key] = replace(target, amount=target.amount - line.amount)

    def _named(self) -> None:
        """The line's text names what it is for: one thing or several, to the fen, less a fee or a part of one."""
        by_tail: dict[str, list[Target]] = defaultdict(list)
        by_amount: dict[int, list[Target]] = defaultdict(list)
        for target in self._targets:
            by_amount[target.amount].append(target)
            for tail in tails_of(target.text):
                by_tail[tail].append(target)
        for line in list(self._left.values()):
            some = {t.key: t for tail in tails_of(line.text) for t in by_tail.get(tail, ())}
            some |= {t.key: t for t in by_amount.get(line.amount, ()) if is_named(t.text, line.text)}
            named = [self._open[key] for key in some if key in self._open]
            if named:
                self._take_named(line, named)

    def _take_named(self, line: Line, named: Sequence[Target]) -> None:
        whole = sum(t.amount for t in named)
        equal = [t for t in named if t.amount == line.amount]
        more = whole - line.amount
        if len(equal) == 1:
            self._take([line], equal, Rule.NAMED, "")
        elif whole == line.amount:
            self._take([line], named, Rule.MERGED, "")
        elif 0 < more <= most_fee(line.amount):
            self._take([line], named, Rule.FEE, "", more)
        elif len(named) == 1 and not named[0].is_entry and abs(line.amount) < abs(whole):
            self._take_part(line, named[0], "")

    def _equal(self, lines: Sequence[Line], targets: Sequence[Target], alike: str) -> None:
        waiting: dict[int, list[Target]] = defaultdict(list)
        for target in targets:
            waiting[target.amount].append(target)
        for line in lines:
            fitting = [t for t in waiting.get(line.amount, ()) if _in_time(line, t)]
            if line.id in self._left and fitting:
                chosen = _nearest(line, fitting)
                waiting[line.amount].remove(chosen)
                self._take([line], [chosen], Rule.ALIKE if alike else Rule.EQUAL, alike)

    def _merged(self, lines: Sequence[Line], targets: Sequence[Target], alike: str) -> None:
        """One payment for several."""
        for line in lines:
            fitting = self._around(line, targets)
            if line.id not in self._left or len(fitting) < 2:
                continue
            places = Sums([t.amount for t in fitting]).making(line.amount)
            if places is not None:
                self._take([line], [fitting[n] for n in places], Rule.MERGED, alike)

    def _split(self, lines: Sequence[Line], targets: Sequence[Target], alike: str) -> None:
        """Several payments for one."""
        for target in targets:
            if target.key not in self._open:
                continue
            fitting = [
                line for line in lines
                if line.id in self._left and abs(line.amount) < abs(target.amount) and _in_time(line, target, SPLIT_DAYS)
            ]  # fmt: skip
            places = Sums([line.amount for line in fitting]).making(target.amount) if len(fitting) > 1 else None
            if places is not None:
                self._take([fitting[n] for n in places], [target], Rule.SPLIT, alike)

    def _less_a_fee(self, lines: Sequence[Line], targets: Sequence[Target], alike: str) -> None:
        """Of what came in a fee was kept back; what went out took one along."""
        for line in lines:
            fitting = self._around(line, targets)
            if line.id not in self._left or not fitting:
                continue
            most = most_fee(line.amount)
            single = [t for t in fitting if 0 < t.amount - line.amount <= most]
            if single:
                nearest = min(single, key=lambda t: t.amount)
                self._take([line], [nearest], Rule.FEE, alike, nearest.amount - line.amount)
                continue
            few = fitting[:FEW]
            places = Sums([t.amount for t in few]).between(line.amount + 1, line.amount + most)
            if places is not None:
                chosen = [few[n] for n in places]
                self._take([line], chosen, Rule.FEE, alike, sum(t.amount for t in chosen) - line.amount)

    def _share(self, lines: Sequence[Line], targets: Sequence[Target], alike: str) -> None:
        """A first instalment: a usual share of what is open."""
        for line in lines:
            fitting = [t for t in self._larger(line, targets) if is_usual_share(line.amount, t.amount)]
            if fitting:
                self._take_part(line, fitting[0], alike)

    def _part(self, lines: Sequence[Line], targets: Sequence[Target], alike: str) -> None:
        """Something paid of the oldest that is larger."""
        for line in lines:
            larger = self._larger(line, targets)
            if larger:
                self._take_part(line, min(larger, key=lambda t: (t.date, t.key)), alike)

    def _larger(self, line: Line, targets: Sequence[Target]) -> list[Target]:
        if line.id not in self._left:
            return []
        return larger_than(line, [t for t in self._around(line, targets) if not t.is_entry])

    def _around(self, line: Line, targets: Sequence[Target]) -> list[Target]:
        """Those that are open, of the nearest days first."""
        fitting = [self._open[t.key] for t in targets if t.key in self._open and _in_time(line, t)]
        return sorted(fitting, key=lambda t: (abs(line.date - t.date), t.date, t.key))

    def _by_day(self) -> None:
        """The amount of a voucher that stands within days, where the line or the voucher names nobody: wages, insurance, rent each month."""
        by_amount: dict[int, list[Target]] = defaultdict(list)
        for target in self._open.values():
            if target.is_entry:
                by_amount[target.amount].append(target)
        for line in list(self._left.values()):
            near = [
                t for t in by_amount.get(line.amount, ())
                if t.key in self._open and abs(line.date - t.date) <= SAME_DAYS and not (line.party and t.party)
            ]  # fmt: skip
            if near:
                self._take([line], [_nearest(line, near)], Rule.AMOUNT, "")

    def _by_amount(self) -> None:
        """Nothing but the amount, where one target alone has it and no other line does; a person may pay for a company."""
        by_amount: dict[int, list[Target]] = defaultdict(list)
        for target in self._open.values():
            by_amount[target.amount].append(target)
        wanted: dict[int, list[Line]] = defaultdict(list)
        for line in self._left.values():
            if plain_name(line.party) not in self._names:
                wanted[line.amount].append(line)
        for amount, lines in wanted.items():
            fitting = [t for t in by_amount.get(amount, ()) if _in_time(lines[0], t)]
            nameless = not lines[0].party or is_person(lines[0].party)
            if len(lines) == 1 and len(fitting) == 1 and (nameless or not fitting[0].party):
                self._take(lines, fitting, Rule.AMOUNT, fitting[0].party)


_Step = Callable[[Sequence[Line], Sequence[Target], str], None]


def _nearest(line: Line, targets: Sequence[Target]) -> Target:
    """Of vouchers the one of the nearest day, of open items the oldest."""
    entries = [target for target in targets if target.is_entry]
    return min(entries, key=lambda t: (abs(line.date - t.date), t.date)) if entries else targets[0]


def _in_time(line: Line, target: Target, after: dt.timedelta | None = None) -> bool:
    """A voucher stands near the bank's day; an open item is older than its payment, or nearly."""
    if target.is_entry:
        return abs(line.date - target.date) <= ENTRY_DAYS
    return target.date <= line.date + EARLIER and (after is None or line.date <= target.date + after * 8)
