"""A bank's statement as it was read: its lines in the order in which they happened, and what is wrong with it. Pure; amounts are fen."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhangfang_books.importing.faults import Faults


@dataclass(frozen=True, slots=True)
class StatementLine:
    """``amount`` is positive for money that came in; ``row`` is the file's, from 1; ``time`` None where the file has none."""

    row: int
    date: dt.date
    time: dt.time | None
    amount: int
    balance: int | None
    counterparty: str = ""
    counterparty_number: str = ""
    text: str = ""
    serial: str = ""


@dataclass(slots=True)
class Statement:
    """Of one account. ``number`` is the bank's, empty where the file does not say; ``opening`` and ``closing`` None where it is not known.

    ``left_out`` says why rows are no lines, with how many there are.
    """

    number: str
    name: str = ""
    bank: str = ""
    opening: int | None = None
    closing: int | None = None
    lines: list[StatementLine] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    totals: int = 0

    @property
    def came(self) -> int:
        return sum(line.amount for line in self.lines if line.amount > 0)

    @property
    def went(self) -> int:
        return -sum(line.amount for line in self.lines if line.amount < 0)


@dataclass(slots=True)
class ReadStatements(Faults):
    statements: list[Statement] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return self.faults_found == 0 and any(s.lines for s in self.statements)


def keys_of(lines: Sequence[StatementLine]) -> list[str]:
    """A key for each line that is the same whenever the line is read again, in whatever file: the bank's serial, else all that it says.

    Lines that say the same are told apart by how often they were said; banks give a fee the serial of the payment, and a teller's or a running number
    comes again on another day, so that amount and day count too.
    """
    said: Counter[tuple[str, ...]] = Counter()
    keys = []
    for line in lines:
        if line.serial:
            what: tuple[str, ...] = ("serial", line.serial, str(line.date), str(line.amount))
        else:
            balance = "" if line.balance is None else str(line.balance)
            what = ("said", str(line.date), str(line.amount), balance, line.counterparty, line.counterparty_number, line.text)
        said[what] += 1
        keys.append(hashlib.sha256("\x1f".join((*what, str(said[what]))).encode()).hexdigest())
    return keys


def in_order(lines: list[StatementLine]) -> tuple[list[StatementLine], StatementLine | None]:
    """As they happened, and the first whose balance does not follow from the one before (None: all do).

    Banks list the newest first or last; where balances tell neither, the dates do.
    """
    turned = lines[::-1]
    breaks = [_first_break(order) for order in (lines, turned)]
    if breaks[0] is None and breaks[1] is None:
        return (turned if lines and _stamp(lines[0]) > _stamp(lines[-1]) else lines), None
    if breaks[1] is None:
        return turned, None
    if breaks[0] is None:
        return lines, None
    newest_first = _stamp(lines[0]) > _stamp(lines[-1])
    ordered = _by_balance(turned if newest_first else lines)
    return ordered, _first_break(ordered)


def _stamp(line: StatementLine) -> tuple[dt.date, dt.time]:
    return line.date, line.time or dt.time.min


def _first_break(lines: Sequence[StatementLine]) -> StatementLine | None:
    before: int | None = None
    for line in lines:
        if line.balance is None:
            before = None if before is None else before + line.amount
            continue
        if before is not None and before + line.amount != line.balance:
            return line
        before = line.balance
    return None


def _by_balance(lines: list[StatementLine]) -> list[StatementLine]:
    """Within a day in the order that the balances tell, where banks list a day's lines as they like; else as it was."""
    days: dict[dt.date, list[StatementLine]] = {}
    for line in lines:
        days.setdefault(line.date, []).append(line)
    ordered: list[StatementLine] = []
    balance = _opening([days[day] for day in sorted(days)])
    for day in sorted(days):
        ordered += _chained(days[day], balance) or _chained(days[day], _opening([days[day]])) or days[day]
        balance = ordered[-1].balance
    return ordered


def _opening(days: Sequence[Sequence[StatementLine]]) -> int | None:
    """The balance before the first day. A day that ends with the balance with which it began does not tell it: the next one does."""
    shared: set[int] | None = None
    for lines in days:
        surplus: Counter[int] = Counter()
        for line in lines:
            if line.balance is None:
                return None
            surplus[line.balance - line.amount] += 1
            surplus[line.balance] -= 1
        begins = next((balance for balance, more in surplus.items() if more > 0), None)
        if begins is not None:
            return begins
        shared = set(surplus) if shared is None else shared & set(surplus)
    return min(shared) if shared else None


def _chained(lines: Sequence[StatementLine], start: int | None) -> list[StatementLine]:
    """The lines in an order in which each balance follows from the one before, from ``start`` on; [] where none does.

    A line leads from the balance before it to the one after it: what is looked for goes along each once (Hierholzer's way, which looks at none twice).
    """
    if start is None:
        return []
    leading: dict[int, list[StatementLine]] = {}
    for line in reversed(lines):
        if line.balance is not None:
            leading.setdefault(line.balance - line.amount, []).append(line)
    way: list[tuple[int, StatementLine | None]] = [(start, None)]
    found: list[StatementLine] = []
    while way:
        balance, line_there = way[-1]
        if leading.get(balance):
            following = leading[balance].pop()
            way.append((balance + following.amount, following))
        else:
            way.pop()
            if line_there is not None:
                found.append(line_there)
    return found[::-1] if len(found) == len(lines) else []
