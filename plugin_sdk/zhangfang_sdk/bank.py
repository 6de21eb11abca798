"""What the bank says, beside what the books say: balances with the hour they are of, and lines that no voucher explains.

A cockpit shows the balance and how old it is::

    accounts = await use(Bank).balances(client)
    oldest = min(account.as_of for account in accounts)

A rule asks what came in and was booked by nobody::

    unmatched = await use(Bank).unmatched(client, Period(2026, 10))
    received = sum(line.amount for line in unmatched if line.amount > 0)
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class BankBalance:
    """``account`` is the ledger's account code, ``number`` the bank's with all but the last four digits hidden. ``balance`` in fen.

    ``as_of`` (UTC) is when the bank last spoke, not when somebody asked.
    """

    account: str
    bank: str
    number: str
    balance: int
    as_of: dt.datetime


@dataclass(frozen=True, slots=True)
class BankLine:
    """One line of a statement: ``amount`` in fen, what came in is positive; ``date`` is the bank's business date."""

    id: int
    account: str
    date: dt.date
    amount: int
    counterparty: str
    purpose: str
    voucher: int | None = None


class Bank(Protocol):
    """Bank accounts of clients in scope, in the caller's transaction; no bank is asked here. The person needs ``bank.read``.

    Refusal ``common.not_found`` for a client out of scope.
    """

    @needs("bank.read")
    async def balances(self, client: int) -> Sequence[BankBalance]:
        """Of every account that a statement or a feed was ever seen of; empty when there is none."""
        ...

    @needs("bank.read")
    async def unmatched(self, client: int, period: Period, *, limit: int = 500) -> Sequence[BankLine]:
        """Lines of the month that no posted voucher explains, the largest first."""
        ...

    @needs("bank.read")
    async def has_month(self, client: int, period: Period) -> bool:
        """Whether :meth:`until` is the last day of the month."""
        ...

    @needs("bank.read")
    async def until(self, client: int, period: Period) -> dt.date | None:
        """The last day of the month up to which lines of every account were brought in; None where an account has none of it, or none is known.

        What was brought in once the month was over reaches its end. An account counts from the month of its first line; one on which nothing moved
        all month has no lines, and makes it None.
        """
        ...

    @needs("bank.write")
    async def match(self, line: int, voucher: int) -> None:
        """The voucher explains the line. Raises Refusal ``bank.amounts_differ``, ``bank.matched_already``; needs ``bank.write``."""
        ...
