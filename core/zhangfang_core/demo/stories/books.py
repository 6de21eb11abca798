"""The running books of a story: an agenda of what will happen, balances as they stand, vouchers as they are made."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhangfang_core.demo.stories.dice import Dice
from zhangfang_core.demo.stories.values import (
    Company,
    MonthStory,
    Pieces,
    Story,
    StoryDocument,
    StoryLine,
    StoryVoucher,
)
from zhangfang_core.demo.stories.workdays import workday
from zhangfang_sdk.ledger import VoucherKind
from zhangfang_sdk.periods import Period

Act = Callable[[date], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a voucher to be: ``debit`` and ``credit`` make them. ``summary`` is its line's own, "" that of the voucher."""

    account: str
    debit: int
    credit: int
    party: str
    summary: str = ""
    pieces: Pieces | None = None


def debit(account: str, amount: int, party: str = "", summary: str = "", pieces: Pieces | None = None) -> Entry:
    """An entry on the debit side; negative for red lines."""
    return Entry(account, amount, 0, party, summary, pieces)


def credit(account: str, amount: int, party: str = "", summary: str = "", pieces: Pieces | None = None) -> Entry:
    """An entry on the credit side; negative for red lines."""
    return Entry(account, 0, amount, party, summary, pieces)


class StoryBooks:
    """Keeps one company's books day by day. Balances are in fen, debit positive."""

    def __init__(self, company: Company, opening: Sequence[Entry]) -> None:
        self.company = company
        self.dice = Dice(company.key)
        self.movement: defaultdict[str, int] = defaultdict(int)
        """Net debit of the month by account, closing vouchers left out."""
        self._balances: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._opening = [entry for entry in opening if entry.debit or entry.credit]
        self._months: list[MonthStory] = []
        self._vouchers: list[StoryVoucher] = []
        self._agenda: list[tuple[date, int, int, Act]] = []
        self._seen = 0
        for entry in self._opening:
            self._balances[entry.account, entry.party] += entry.debit - entry.credit

    def balance(self, account: str, party: str | None = None) -> int:
        """The balance of an account with all below it, of one counterparty where named."""
        return sum(
            amount
            for (code, who), amount in self._balances.items()
            if code.startswith(account) and (party is None or who == party)
        )

    def owed_to(self, party: str) -> int:
        """What stands to a supplier's credit in 2202."""
        return -self.balance("2202", party)

    def on(self, day: date, act: Act, order: int = 50) -> None:
        """Put something on the agenda; within a day, lower ``order`` comes first. Days past are not seen any more."""
        self._seen += 1
        heapq.heappush(self._agenda, (day, order, self._seen, act))

    def at_office(self, day: date, act: Act, order: int = 50) -> None:
        """As ``on``, on a working day."""
        self.on(workday(day), act, order)

    def later_at_office(self, day: date, days: int, act: Act) -> None:
        """As ``at_office``, a number of days later."""
        self.at_office(day + timedelta(days), act)

    def record(
        self,
        day: date,
        summary: str,
        *entries: Entry,
        kind: VoucherKind = VoucherKind.NORMAL,
        document: StoryDocument | None = None,
    ) -> None:
        """Make a voucher; entries over nothing are left out, and a voucher without entries is none."""
        kept = [entry for entry in entries if entry.debit or entry.credit]
        if not kept:
            return
        if sum(entry.debit - entry.credit for entry in kept):
            raise ValueError(f"{self.company.name} {day} {summary}: not balanced")
        for entry in kept:
            self._balances[entry.account, entry.party] += entry.debit - entry.credit
            if kind is not VoucherKind.CLOSING:
                self.movement[entry.account] += entry.debit - entry.credit
        lines = tuple(_line(entry, summary) for entry in kept)
        self._vouchers.append(StoryVoucher(day, "记", summary, lines, kind, document))

    def live(self, period: Period, today: date) -> None:
        """Let everything on the agenda happen, to the end of the month or to ``today``."""
        last = min(period.last_day, today)
        while self._agenda and self._agenda[0][0] <= last:
            day, _, _, act = heapq.heappop(self._agenda)
            act(day)
        self._months.append(MonthStory(period, tuple(self._vouchers)))
        self._vouchers.clear()
        self.movement.clear()

    def story(self) -> Story:
        """All that happened."""
        opening = tuple(_line(entry, "期初余额") for entry in self._opening)
        return Story(self.company, opening, tuple(self._months))


def _line(entry: Entry, summary: str) -> StoryLine:
    return StoryLine(entry.account, entry.summary or summary, entry.debit, entry.credit, entry.party, entry.pieces)
