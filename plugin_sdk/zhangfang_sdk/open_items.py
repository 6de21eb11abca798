"""Open items (往来核销, LEDG-6): each line of a receivable or payable account until it is settled. Amounts are fen, debit positive."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One posted line of an account with open items. ``open`` is what is left of ``amount``, of the same sign.

    ``item`` is the customer or supplier among the dimension items, None where only a name (or nothing) is known. ``summary`` and
    ``document`` are the line's and its voucher's.
    """

    id: int
    voucher: int
    label: str
    date: dt.date
    due: dt.date | None
    account: str
    item: int | None
    counterparty: str
    amount: int
    open: int
    summary: str = ""
    document: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """``amount`` fen (more than zero) of the debit item ``debit`` against the credit item ``credit``."""

    debit: int
    credit: int
    amount: int


class Rule(StrEnum):
    """Why items belong together: the text names it, amounts are equal, several add up, the oldest or the newest first; a person's own
    choice; the reversal of their voucher; the line that carried an item's balance elsewhere, or took back what an opening
    said too much."""

    NAMED = "named"
    EQUAL = "equal"
    SUM = "sum"
    OLDEST = "oldest"
    LATEST = "latest"
    CHOSEN = "chosen"
    REVERSAL = "reversal"
    CARRIED = "carried"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Proposal:
    """How ``payment`` may be settled against ``charges`` of the same account and counterparty, oldest first; ``matches`` in their order.

    ``remembered``: the person who asks settled this counterparty's last payment by the same ``rule``.
    """

    payment: OpenItem
    charges: tuple[OpenItem, ...]
    matches: tuple[Match, ...]
    rule: Rule
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """A match that was made. It counts from ``date``, the day from which both items could be settled so, and ``undone`` ones no more.

    Matches of one ``step`` were made together and are undone together. ``until``: the day from which a reversal undid it, up to which it
    counts; one that a person undid counts at no day.
    """

    id: int
    debit: int
    credit: int
    amount: int
    date: dt.date
    undone: bool
    step: int
    rule: Rule
    until: dt.date | None = None
    by: str = ""
    at: dt.datetime | None = None


DAYS_LATE = (0, 30, 60, 90, 180, 365, 730)
"""The last day past due of each bucket of an ageing but the last."""


@dataclass(frozen=True, slots=True)
class AgeRow:
    """What one counterparty owes (or is owed, negative) at a date. ``buckets`` are days past due: none, 1-30, 31-60, 61-90, 91-180, 181-365,
    366-730 and more.

    Days count from the due date; an item without one was due on its own date.
    """

    account: str
    item: int | None
    counterparty: str
    buckets: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.buckets)


class OpenItems(Protocol):
    """Open items of the firm in scope, in the caller's transaction. At every moment their sum by account is the account's balance.

    Reading needs ``ledger.read``, or ``parties.read`` with ``receivables.read`` for accounts that offer customers and ``payables.read``
    for the others; settling ``ledger.post``. A client out of scope is ``common.not_found``. What a reversal takes back it
    takes back here too: settlements of the reversed items count no more from
    its day on, and the items are settled with their reversal.
    """

    @needs("ledger.read")
    async def items(self, client: int, account: str, *, at: dt.date | None = None) -> Sequence[OpenItem]:
        """Items of ``account`` and all below it that are open, now or as they were at the end of ``at``; oldest first."""
        ...

    @needs("ledger.read")
    async def proposals(self, client: int, account: str) -> Sequence[Proposal]:
        """For each payment at most one, by account and counterparty, then the oldest payment first; no item is proposed twice."""
        ...

    @needs("ledger.post")
    async def settle(self, client: int, matches: Sequence[Match]) -> int:
        """Settle in part or whole, of one account and counterparty, as one step; the step's id; on the trail.

        Raises Refusal ``open_items.nothing``, ``open_items.unknown``, ``open_items.sides``, ``open_items.accounts_differ``,
        ``open_items.parties_differ``, ``open_items.too_much``.
        """
        ...

    @needs("ledger.read")
    async def settlements(self, client: int, account: str) -> Sequence[Settlement]:
        """Of ``account`` and all below it, newest first, undone ones too."""
        ...

    @needs("ledger.post")
    async def undo(self, step: int, reason: str) -> None:
        """Open all items of the step again; on the trail.

        Raises Refusal ``common.not_found``, ``open_items.undone``, ``open_items.of_reversal`` (undone only by reversing the reversal),
        ``open_items.carried`` (made with a transfer of balances),
        ``ledger.reason_missing``.
        """
        ...

    @needs("ledger.read")
    async def ageing(self, client: int, account: str, at: dt.date) -> Sequence[AgeRow]:
        """账龄 at the end of ``at``, by account and counterparty; the rows sum to the account's balance of that day."""
        ...
