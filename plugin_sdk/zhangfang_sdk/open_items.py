"""Open items (往来核销, LEDG-6): each line of a receivable or payable account until it is settled. Amounts are fen, debit positive."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One posted line of an account with open items. ``open`` is what is left of ``amount``, of the same sign.

    ``item`` is the customer or supplier among the dimension items, None where only a name (or nothing) is known.
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


@dataclass(frozen=True, slots=True)
class Match:
    """``amount`` fen (more than zero) of the debit item ``debit`` against the credit item ``credit``."""

    debit: int
    credit: int
    amount: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A match that was made. It counts from ``date``, the later of its two items' dates; ``undone`` ones count no more."""

    id: int
    debit: int
    credit: int
    amount: int
    date: dt.date
    undone: bool


@dataclass(frozen=True, slots=True)
class AgeRow:
    """What one counterparty owes (or is owed, negative) at a date. ``buckets`` are not yet due, 1-30, 31-60, 61-90, 91-180, more days.

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

    Reading needs ``ledger.read``, settling ``ledger.post``. A client out of scope is ``common.not_found``.
    """

    @needs("ledger.read")
    async def items(self, client: int, account: str, *, at: dt.date | None = None) -> Sequence[OpenItem]:
        """Items of ``account`` and all below it that are open, now or as they were at the end of ``at``; oldest first."""
        ...

    @needs("ledger.read")
    async def proposals(self, client: int, account: str) -> Sequence[Match]:
        """Within each counterparty: equal amounts first, then the oldest against the oldest."""
        ...

    @needs("ledger.post")
    async def settle(self, client: int, matches: Sequence[Match]) -> Sequence[int]:
        """Settle in part or whole; the settlements' ids; on the trail.

        Raises Refusal ``open_items.unknown``, ``open_items.sides``, ``open_items.accounts_differ``, ``open_items.too_much``.
        """
        ...

    @needs("ledger.read")
    async def settlements(self, client: int, account: str) -> Sequence[Settlement]:
        """Of ``account`` and all below it, newest first, undone ones too."""
        ...

    @needs("ledger.post")
    async def undo(self, settlement: int, reason: str) -> None:
        """Open both items again; on the trail. Raises Refusal ``common.not_found``, ``open_items.undone``, ``ledger.reason_missing``."""
        ...

    @needs("ledger.read")
    async def ageing(self, client: int, account: str, at: dt.date) -> Sequence[AgeRow]:
        """账龄 at the end of ``at``, by account and counterparty; the rows sum to the account's balance of that day."""
        ...
