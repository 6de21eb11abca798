"""Figures of a client by month: those of the books (bank balance, sales, net profit, taxes payable) and those that plugins add."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


class Unit(StrEnum):
    """What a figure counts: fen; things; thousandths (125 is 12.5 %); days."""

    FEN = "fen"
    COUNT = "count"
    PER_MILLE = "per_mille"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is. ``explanation`` is one plain Chinese sentence or two for a client.

    ``accounts`` are the codes that it is taken from, each with all below it. ``basis`` is "closing" (balance at the
    month's end), "turnover" (the month's movement without closing vouchers), "parts" (made of other figures) or "plugin" (``plugin`` is the
    title of the one that works it out; it has no accounts). ``word`` stands behind a count ("张").
    """

    key: str
    title: str
    explanation: str
    accounts: tuple[str, ...]
    basis: str
    unit: Unit = Unit.FEN
    word: str = ""
    plugin: str = ""


@dataclass(frozen=True, slots=True)
class AccountShare:
    """What one account adds to a figure in one month, in fen, signed as it enters the figure."""

    code: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class MeasureEntry:
    """One thing that a figure of a month is made of: ``amount`` in its unit, ``path`` the client's page of it ("/vouchers/7")."""

    date: dt.date
    title: str
    amount: int
    path: str
    note: str = ""
    document: int | None = None


MOST_ENTRIES = 60


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that a plugin adds. ``key`` is "<plugin>.<name>" in small letters, digits and underscores.

    People with ``permission`` see it, and every plugin that may read the books gets it for them. The functions run in the caller's
    transaction, behind the walls, for a client that the actor sees, within 0.3 s: ``series(client, first, last)`` gives a whole number for
    each month from ``first`` to ``last``, both included; ``entries(client, period, limit)`` what a month's figure is made of, newest first;
    ``on_days(client, days)`` the figure as it stood at the end of each day, from the first of its month, so that a running month can be
    compared (None: it can't). One that fails is left out of answers.
    """

    key: str
    title: str
    explanation: str
    unit: Unit
    permission: str
    series: Callable[[int, Period, Period], Awaitable[Sequence[int]]]
    entries: Callable[[int, Period, int], Awaitable[Sequence[MeasureEntry]]]
    on_days: Callable[[int, Sequence[dt.date]], Awaitable[Sequence[int]]] | None = None
    word: str = ""


class Measures(Protocol):
    """Figures of a client: of its accounting standard, read from monthly balances, and of the firm's plugins.

    Keys of every standard: ``bank_balance``, ``cash_balance``, ``money_funds``, ``sales``, ``cost_of_sales``,
    ``gross_profit``, ``operating_expenses``, ``net_profit``, ``taxes_payable``, ``payables``, ``receivables``,
    ``available_funds``. The actor sees those of its role, which is held here; a plugin's figure (with a dot in its key) only with its
    permission too. The walls bind. Everything runs in the caller's transaction.
    Each raises Refusal ``common.not_found`` for a client out of scope and ``measure.unknown`` for an unknown key.
    """

    @needs("ledger.read")
    async def offered(self, client: int) -> Sequence[Definition]:
        """All figures that there are for the actor: those of the client's standard, then the plugins'."""
        ...

    @needs("ledger.read")
    async def series(
        self, client: int, keys: Sequence[str], first: Period, last: Period
    ) -> Mapping[str, Sequence[int]]:
        """Each figure for each month from ``first`` to ``last``, both included, in its unit.

        One query for all of the books'. A plugin's that failed is not in the answer.
        """
        ...

    @needs("ledger.read")
    async def on_days(self, client: int, keys: Sequence[str], days: Sequence[dt.date]) -> Mapping[str, Sequence[int]]:
        """Each figure as it stood at the end of each of ``days`` (business dates), in its unit, by the dates of posted vouchers.

        A balance is that of the day; a turnover runs from the first of the day's month to the day. Reads the lines of these
        months, so that a running month can be compared with the same days of another. A plugin's that failed, or that knows
        no days, is not in the answer.
        """
        ...

    @needs()
    async def definition(self, key: str, *, client: int | None = None) -> Definition:
        """By the standard of ``client``; without one, of the client that is open."""
        ...

    @needs("ledger.read")
    async def by_account(self, client: int, key: str, period: Period) -> Sequence[AccountShare]:
        """The accounts behind a figure in one month that are not zero, largest first; none behind a plugin's."""
        ...

    @needs("ledger.read")
    async def entries(
        self, client: int, key: str, period: Period, *, limit: int = MOST_ENTRIES
    ) -> Sequence[MeasureEntry]:
        """What a figure of one month is made of, newest first: posted lines of its accounts, or what the plugin says.

        Raises Refusal ``measure.away`` (503) when the plugin does not answer.
        """
        ...
