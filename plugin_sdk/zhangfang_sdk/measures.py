"""Figures of the business over the books: bank balance, sales, net profit, taxes payable, and what stands behind each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is. ``explanation`` is one plain Chinese sentence or two for a client.

    ``accounts`` are the codes that it is taken from, each with all below it. ``basis`` is "closing" (balance at the
    month's end), "turnover" (the month's movement without closing vouchers) or "parts" (made of other figures).
    """

    key: str
    title: str
    explanation: str
    accounts: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class AccountShare:
    """What one account adds to a figure in one month, in fen, signed as it enters the figure."""

    code: str
    name: str
    amount: int


class Measures(Protocol):
    """Figures of the client's accounting standard, read from monthly balances: the cost does not grow with vouchers.

    Keys of every standard: ``bank_balance``, ``cash_balance``, ``money_funds``, ``sales``, ``cost_of_sales``,
    ``gross_profit``, ``operating_expenses``, ``net_profit``, ``taxes_payable``, ``payables``, ``receivables``,
    ``available_funds``. The walls bind; whether the actor may see a figure is the caller's permission to ask.
    Each raises Refusal ``common.not_found`` for a client out of scope and ``measure.unknown`` for an unknown key.
    """

    @needs("ledger.read")
    async def series(
        self, client: int, keys: Sequence[str], first: Period, last: Period
    ) -> Mapping[str, Sequence[int]]:
        """Each figure for each month from ``first`` to ``last``, both included, in fen; one query."""
        ...

    @needs("ledger.read")
    async def on_days(self, client: int, keys: Sequence[str], days: Sequence[dt.date]) -> Mapping[str, Sequence[int]]:
        """Each figure as it stood at the end of each of ``days`` (business dates), in fen, by the dates of posted vouchers; one query.

        A balance is that of the day; a turnover runs from the first of the day's month to the day. Reads the lines of these
        months, so that a running month can be compared with the same days of another.
        """
        ...

    @needs()
    async def definition(self, key: str, *, client: int | None = None) -> Definition:
        """By the standard of ``client``; without one, of the client that is open."""
        ...

    @needs("ledger.read")
    async def by_account(self, client: int, key: str, period: Period) -> Sequence[AccountShare]:
        """The accounts behind a figure in one month that are not zero, largest first."""
        ...
