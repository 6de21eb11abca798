"""Figures in memory."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.measures import MOST_ENTRIES, AccountShare, Definition, Measure, MeasureEntry
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.fake_ledger import refusal


@dataclass(frozen=True, slots=True)
class Move:
    """What changes a figure of the books on a day: ``entry.amount`` of the account ``code``, called ``name``, signed as it enters the figure."""

    client: int
    code: str
    name: str
    entry: MeasureEntry


class FakeMeasures:
    """``of_books`` are figures (basis "closing" or "turnover") with their moves, for each of ``clients``; ``added`` are plugins'."""

    def __init__(
        self, clients: Iterable[int], of_books: Mapping[Definition, Sequence[Move]], added: Iterable[Measure] = ()
    ) -> None:
        self._clients = frozenset(clients)
        self._books = {definition.key: (definition, moves) for definition, moves in of_books.items()}
        self._added = {measure.key: measure for measure in added}

    async def offered(self, client: int) -> Sequence[Definition]:
        self._see(client)
        added = [_of(measure) for measure in self._added.values() if scope().may(measure.permission)]
        return [*(definition for definition, _ in self._books.values()), *added]

    async def series(
        self, client: int, keys: Sequence[str], first: Period, last: Period
    ) -> Mapping[str, Sequence[int]]:
        self._see(client)
        months = []
        while first <= last:
            months.append(first)
            first = first.plus(1)
        found: dict[str, Sequence[int]] = {}
        for key in keys:
            if (measure := self._measure(key)) is not None:
                found[key] = await measure.series(client, months[0], last)
            else:
                found[key] = [self._on(client, key, month.last_day) for month in months]
        return found

    async def on_days(self, client: int, keys: Sequence[str], days: Sequence[dt.date]) -> Mapping[str, Sequence[int]]:
        self._see(client)
        found: dict[str, Sequence[int]] = {}
        for key in keys:
            if (measure := self._measure(key)) is None:
                found[key] = [self._on(client, key, day) for day in days]
            elif measure.on_days is not None:
                found[key] = await measure.on_days(client, days)
        return found

    async def definition(self, key: str, *, client: int | None = None) -> Definition:
        self._see(client if client is not None else client_in_scope())
        measure = self._measure(key)
        return self._books[key][0] if measure is None else _of(measure)

    async def by_account(self, client: int, key: str, period: Period) -> Sequence[AccountShare]:
        self._see(client)
        if self._measure(key) is not None:
            return []
        shares: dict[tuple[str, str], int] = {}
        for move in self._until(client, key, period.last_day):
            shares[move.code, move.name] = shares.get((move.code, move.name), 0) + move.entry.amount
        found = [AccountShare(code, name, amount) for (code, name), amount in shares.items() if amount]
        return sorted(found, key=lambda share: (-abs(share.amount), share.code))

    async def entries(
        self, client: int, key: str, period: Period, *, limit: int = MOST_ENTRIES
    ) -> Sequence[MeasureEntry]:
        self._see(client)
        measure = self._measure(key)
        if measure is not None:
            found = await measure.entries(client, period, limit)
        else:
            moves = self._until(client, key, period.last_day)
            found = [move.entry for move in moves if Period.of(move.entry.date) == period]
        return sorted(found, key=lambda entry: entry.date, reverse=True)[:limit]

    def _see(self, client: int) -> None:
        if client not in self._clients or not scope().sees(client):
            raise not_found("客户企业")

    def _measure(self, key: str) -> Measure | None:
        """A plugin's figure, None for one of the books; Refusal ``measure.unknown`` for neither."""
        measure = self._added.get(key)
        if (measure is None and key not in self._books) or (measure and not scope().may(measure.permission)):
            raise refusal("measure.unknown", 404)
        return measure

    def _until(self, client: int, key: str, day: dt.date) -> Sequence[Move]:
        definition, moves = self._books[key]
        start = dt.date.min if definition.basis == "closing" else day.replace(day=1)
        return [move for move in moves if move.client == client and start <= move.entry.date <= day]

    def _on(self, client: int, key: str, day: dt.date) -> int:
        return sum(move.entry.amount for move in self._until(client, key, day))


def _of(measure: Measure) -> Definition:
    return Definition(
        measure.key, measure.title, measure.explanation, (), "plugin", measure.unit, measure.word, measure.key
    )
