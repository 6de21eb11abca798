"""The SDK's ``Measures``: the books' figures and those of plugins that the firm has on, under one roof."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from zhangfang_core.ledger.measures import LedgerMeasures
from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.parts import PartFailed, in_time
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.translations import gettext
from zhangfang_core.modules.troubles import is_left_out, parts_off
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.measures import MOST_ENTRIES, AccountShare, Definition, Measure, MeasureEntry
from zhangfang_sdk.periods import Period
from zhangfang_sdk.web import SIGNED_IN

LONGEST_S = 0.3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Added:
    """A figure of ``plugin`` that the actor may see."""

    plugin: str
    title: str
    measure: Measure
    is_off: bool

    @property
    def definition(self) -> Definition:
        m = self.measure
        title, explanation, word = (text and gettext(text, self.plugin) for text in (m.title, m.explanation, m.word))
        return Definition(m.key, title, explanation, (), "plugin", m.unit, word, self.title)

    async def ask(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """None when the plugin does not answer."""
        if self.is_off:
            return None
        try:
            return await in_time(self.plugin, _part_of(self.measure), ask, LONGEST_S)
        except (PartFailed, Refusal):
            return None


class EveryMeasure:
    """See the Protocol."""

    def __init__(self) -> None:
        self._books = LedgerMeasures()

    async def offered(self, client: int) -> Sequence[Definition]:
        of_books = await self._books.offered(client)
        return [*of_books, *(added.definition for added in (await _added()).values())]

    async def series(
        self, client: int, keys: Sequence[str], first: Period, last: Period
    ) -> Mapping[str, Sequence[int]]:
        of_books, added = await self._told_apart(client, keys)
        found = dict(await self._books.series(client, of_books, first, last))
        for one in added:
            values = await one.ask(partial(_months, one.measure, client, first, last))
            if values is not None:
                found[one.measure.key] = values
        return found

    async def on_days(self, client: int, keys: Sequence[str], days: Sequence[dt.date]) -> Mapping[str, Sequence[int]]:
        of_books, added = await self._told_apart(client, keys)
        found = dict(await self._books.on_days(client, of_books, days))
        for one in added:
            values = await one.ask(partial(_days, one.measure, client, days))
            if values is not None:
                found[one.measure.key] = values
        return found

    async def definition(self, key: str, *, client: int | None = None) -> Definition:
        if _is_added(key):
            return (await _called(key)).definition
        found = await self._books.definition(key, client=client)
        if not scope().sees_measure(key, found.accounts):
            raise unknown()
        return found

    async def by_account(self, client: int, key: str, period: Period) -> Sequence[AccountShare]:
        if not _is_added(key):
            await self._told_apart(client, [key])
            return await self._books.by_account(client, key, period)
        await _called(key)
        _see(client)
        return []

    async def entries(
        self, client: int, key: str, period: Period, *, limit: int = MOST_ENTRIES
    ) -> Sequence[MeasureEntry]:
        if not _is_added(key):
            await self._told_apart(client, [key])
            return await self._books.entries(client, key, period, limit=limit)
        one = await _called(key)
        _see(client)

        async def ask() -> Sequence[MeasureEntry]:
            return from_part(Measure, "entries", await one.measure.entries(client, period, limit))

        found = await one.ask(ask)
        if found is None:
            raise Refusal("measure.away", f"“{one.measure.title}”的明细暂时取不到,请稍后再试。", status=503)
        return sorted(found, key=lambda entry: entry.date, reverse=True)[:limit]

    async def _told_apart(self, client: int, keys: Iterable[str]) -> tuple[list[str], list[_Added]]:
        """The books' keys and the plugins' figures. Raises Refusal ``common.not_found``, ``measure.unknown``."""
        _see(client)
        every = list(dict.fromkeys(keys))
        of_books = [k for k in every if not _is_added(k)]
        if await self._books.hidden(client, of_books):
            raise unknown()
        return of_books, [await _called(k) for k in every if _is_added(k)]


async def _months(measure: Measure, client: int, first: Period, last: Period) -> Sequence[int]:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return _whole(from_part(Measure, "series", await measure.series(client, first, last)), months)


async def _days(measure: Measure, client: int, days: Sequence[dt.date]) -> Sequence[int] | None:
    """None for a figure that knows no days."""
    if measure.on_days is None:
        return None
    return _whole(from_part(Measure, "on_days", await measure.on_days(client, days)), len(days))


def _whole(values: Sequence[int], length: int) -> Sequence[int]:
    """Raises ValueError where there is not one for each month or day."""
    if len(values) != length:
        raise ValueError(f"{length} whole numbers were asked for")
    return values


def _is_added(key: str) -> bool:
    return "." in key


def _part_of(measure: Measure) -> str:
    return f"measure {measure.key}"


def _see(client: int) -> None:
    if not scope().sees(client):
        raise not_found("客户企业")


async def _added() -> Mapping[str, _Added]:
    """Those that the actor may see, by key."""
    on, off = await enabled_modules(), await parts_off()
    return {
        measure.key: _Added(id_, gettext(module.manifest.title, id_), measure, is_left_out(id_, _part_of(measure), off))
        for id_, module in registry().modules.items()
        for measure in (module.measures if id_ in on else ())
        if (measure.permission == SIGNED_IN or scope().may(measure.permission)) and scope().sees_measure(measure.key)
    }


async def _called(key: str) -> _Added:
    found = (await _added()).get(key)
    if found is None:
        raise unknown()
    return found


def unknown() -> Refusal:
    """For a figure that does not exist and for one that the actor may not see."""
    return Refusal("measure.unknown", "没有这个指标。", status=404)
