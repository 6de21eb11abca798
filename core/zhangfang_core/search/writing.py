"""The index is written from what sources say now: for things that changed, and for whole kinds."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.queue import put
from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.calling import calling
from zhangfang_core.search.changes import INDEX
from zhangfang_core.search.sources import CORE, Kind, kinds_on
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.search import LONGEST_TEXT, LONGEST_TITLE, SearchEntry, SearchSource
from zhangfang_sdk.search_words import fold

log = logging.getLogger("zhangfang.search")
T = TypeVar("T")

BUILD = "core.search_build"
FOLDING = 2
"""How ``fold`` writes text; another number has every kind built anew."""
BATCH = 500

# One writer of a kind at a time: each reads what is committed when its turn comes, so that the last one writes what is so.
_HOLD = "select pg_advisory_xact_lock(hashtextextended('search:' || $1::bigint || ':' || $2, 0))"

_WRITE = """insert into core_search_item as i (firm, client, kind, object, owner, day, title, body, path, folded)
    select $1, t.client, $2, t.object, t.owner, t.day, t.title, t.body, t.path, t.folded
    from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::date[], $7::text[], $8::text[], $9::text[], $10::text[])
        t (object, client, owner, day, title, body, path, folded)
    on conflict (firm, kind, object) do update set client = excluded.client, owner = excluded.owner, day = excluded.day,
        title = excluded.title, body = excluded.body, path = excluded.path, folded = excluded.folded
    where (i.client, i.owner, i.day, i.title, i.body, i.path) is distinct from
        (excluded.client, excluded.owner, excluded.day, excluded.title, excluded.body, excluded.path)
        or i.folded <> excluded.folded"""

_REMOVE = """delete from core_search_item where firm = $1 and kind = $2 and object <> all ($3::bigint[])
    and (object = any ($4::bigint[]) or (object > $5 and ($6::bigint is null or object <= $6)))"""

_BUILT = """insert into core_search_kind (firm, kind, version, built_at) values ($1, $2, $3, now())
    on conflict (firm, kind) do update set version = excluded.version, built_at = excluded.built_at"""


async def index(kind: str, ids: list[int]) -> None:
    """Write these things as they are now. A kind whose plugin the firm has off is forgotten, to be built anew when it is on again."""
    async with transaction():
        known = await _kind(kind)
        if known is None:
            await connection().execute(
                "delete from core_search_kind where firm = $1 and kind = $2", firm_in_scope(), kind
            )
            return
        await connection().execute(_HOLD, firm_in_scope(), kind)
        entries = await _ask(known, "write", lambda: known.source.write(ids))
        await _write(known, _checked(known, ids, entries))
        await _remove(kind, [e.id for e in entries], among=ids)


async def build(kind: str) -> int:
    """Write a kind anew for the firm in scope, some things in each transaction; how many there are.

    What others change meanwhile is not lost: each batch reads what is so when its turn comes.
    """
    count, after = 0, 0
    while True:
        async with transaction():
            known = await _kind(kind)
            if known is None:
                return count
            await connection().execute(_HOLD, firm_in_scope(), kind)
            ids = await _next_ids(known, after)
            entries = await _ask(known, "write", lambda: known.source.write(ids)) if ids else []  # noqa: B023 - called at once
            await _write(known, _checked(known, ids, entries))
            await _remove(kind, [e.id for e in entries], above=after, to=ids[-1] if ids else None)
            if not ids:
                await connection().execute(_BUILT, firm_in_scope(), kind, _version(known))
                return count
            count, after = count + len(entries), ids[-1]


async def build_kind(kind: str) -> None:
    """The job of :func:`build`."""
    log.info("search: %s things of %s were written for the firm %s", await build(kind), kind, firm_in_scope())


async def missing() -> Sequence[str]:
    """Kinds that the firm in scope has on and that were not built for it, or by an older source."""
    rows = await connection().fetch("select kind, version from core_search_kind where firm = $1", firm_in_scope())
    built = {row["kind"]: row["version"] for row in rows}
    return [kind.name for kind in await kinds_on() if built.get(kind.name) != _version(kind)]


def _version(kind: Kind) -> int:
    """Of the source and of the folding, as one number."""
    return FOLDING * 1_000_000 + kind.source.version


async def build_missing() -> None:
    """Queue the building of each kind that is missing."""
    async with transaction():
        for kind in await missing():
            await put(BUILD, firm_in_scope(), lock=f"search:{kind}", once=f"search:{kind}", arguments={"kind": kind})


async def _kind(name: str) -> Kind | None:
    return next((kind for kind in await kinds_on() if kind.name == name), None)


async def _ask(kind: Kind, field: str, ask: Callable[[], Awaitable[T]]) -> T:
    """What the source's coroutine in ``field`` answers. Raises WrongAnswer."""
    if kind.plugin == CORE:
        return await ask()
    with calling(kind.plugin, f"search {kind.source.kind}"):
        return from_part(SearchSource, field, await ask())


async def _next_ids(kind: Kind, after: int) -> list[int]:
    """Raises ValueError for ids that do not ascend: they would never end."""
    ids = list(await _ask(kind, "ids", lambda: kind.source.ids(after, BATCH)))[:BATCH]
    if any(later <= earlier for earlier, later in zip([after, *ids], ids, strict=False)):
        raise ValueError(f"search source {kind.name}: ids after {after} do not ascend: {ids[:5]}")
    return ids


def _checked(kind: Kind, asked: Collection[int], entries: Sequence[SearchEntry]) -> Sequence[SearchEntry]:
    """Raises ValueError for an entry that nobody asked for, or that no page could show."""
    wanted = set(asked)
    for entry in entries:
        is_path = entry.path.startswith("/") and not entry.path.startswith("//") and len(entry.path) <= LONGEST_TITLE
        if entry.id not in wanted or not is_path or not 0 < len(entry.title.strip()) <= LONGEST_TITLE:
            raise ValueError(
                f"search source {kind.name}: {entry!r} was not asked for, or has no path of its own or no title that fits"
            )
    return list({entry.id: entry for entry in entries}.values())


async def _write(kind: Kind, entries: Sequence[SearchEntry]) -> None:
    if not entries:
        return
    written = [
        (
            *_clean(entry),
            entry.path.replace("\x00", ""),
            fold("\n".join([entry.title, entry.text[:LONGEST_TEXT], entry.also[:LONGEST_TEXT]])),
        )
        for entry in entries
    ]
    await connection().execute(
        _WRITE,
        firm_in_scope(),
        kind.name,
        [entry.id for entry in entries],
        [entry.client for entry in entries],
        [entry.owner for entry in entries],
        [entry.day for entry in entries],
        *map(list, zip(*written, strict=True)),
    )


def _clean(entry: SearchEntry) -> tuple[str, str]:
    return entry.title.strip().replace("\x00", ""), entry.text[:LONGEST_TEXT].replace("\x00", "")


async def _remove(
    kind: str, kept: Sequence[int], *, among: Sequence[int] = (), above: int | None = None, to: int | None = None
) -> None:
    """What the source did not give of the things ``among``, or of those with ids above ``above`` (to ``to``; None: all)."""
    await connection().execute(_REMOVE, firm_in_scope(), kind, kept, among, above, to)


INDEX_JOB = Job(INDEX.partition(".")[2], index, seconds=60.0)
BUILD_JOB = Job(BUILD.partition(".")[2], build_kind, seconds=3600.0)
MISSING_JOB = Job("search_missing", build_missing, schedule="*/5 * * * *")
JOBS = (INDEX_JOB, BUILD_JOB, MISSING_JOB)
