"""What is found at the place in scope. The database's one function gives ids; rows are read by them, through both walls."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.search.sources import Askable, askable
from zhangfang_core.tenancy.finding import sounding
from zhangfang_sdk.acting import caller
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.places import at
from zhangfang_sdk.search import SearchHit, SearchPage
from zhangfang_sdk.search_words import excerpt, fold, lit, words_of

MOST_HITS = 100
EARLIEST, LATEST = 1900, 2999

_IDS = "select core_search($1::text[], $2::text[], $3::text[], $4, $5, $6, $7, $8) as id"

_ROWS = """select i.id, i.kind, i.object, i.client, i.day, i.title, i.body, i.path from unnest($2::bigint[]) with ordinality w (id, place)
    join core_search_item i on i.id = w.id where i.firm = $1 order by w.place"""

_YEARS = """select min(d.first) as first, max(d.last) as last from core_client c cross join lateral (
        select (select i.day from core_search_item i where i.firm = $1 and i.kind = k.kind and i.client = c.id and (k.whole or i.owner = $5)
            order by i.day limit 1) as first,
        (select i.day from core_search_item i where i.firm = $1 and i.kind = k.kind and i.client = c.id and (k.whole or i.owner = $5)
            order by i.day desc limit 1) as last
        from unnest($3::text[], $4::boolean[]) k (kind, whole)) d
    where c.firm = $1 and ($2::bigint is null or c.id = $2)"""


async def find(words: str, *, kind: str = "", year: int | None = None, after: str = "", limit: int = 20) -> SearchPage:
    """See ``Search.find``."""
    wanted = words_of(words)
    kinds = [each for each in await askable(caller()) if kind in ("", each.kind.name)]
    if not wanted or not kinds or not 1 <= limit <= MOST_HITS or (year is not None and not EARLIEST <= year <= LATEST):
        return SearchPage()
    rows = await _found(wanted, kinds, year, _place(after), limit + 1)
    titles = {each.kind.name: each.kind.source.title for each in kinds}
    shown = rows[:limit]
    following = f"{shown[-1]['day']:%Y%m%d}-{shown[-1]['id']}" if len(rows) > limit else ""
    return SearchPage(tuple(_hit(row, titles[row["kind"]], wanted) for row in shown), following)


async def years_here(kinds: Sequence[Askable]) -> Sequence[int]:
    """From the first to the last year of what the actor may find of ``kinds`` at the place in scope, the latest first; at most thirty."""
    row = await connection().fetchrow(
        _YEARS,
        firm_in_scope(),
        scope().client,
        [each.kind.name for each in kinds],
        [each.whole for each in kinds],
        scope().user,
    )
    if row is None or row["first"] is None:
        return []
    return list(range(row["last"].year, max(row["first"].year, row["last"].year - 29) - 1, -1))


async def _found(
    words: Sequence[str], kinds: Sequence[Askable], year: int | None, before: tuple[dt.date, int] | None, most: int
) -> Sequence[Mapping[str, Any]]:
    day, id_ = before or (None, None)
    ids = await connection().fetch(
        _IDS,
        words,
        [each.kind.name for each in kinds if each.whole],
        [each.kind.name for each in kinds if not each.whole],
        scope().client,
        year,
        day,
        id_,
        most,
    )
    found: Sequence[Mapping[str, Any]] = await connection().fetch(_ROWS, firm_in_scope(), [row["id"] for row in ids])
    return found


def _place(after: str) -> tuple[dt.date, int] | None:
    """Where a page ended, as ``following`` wrote it; None for anything else, which is the beginning."""
    day, _, id_ = after.partition("-")
    if not (len(day) == 8 and after.isascii() and day.isdigit() and id_.isdigit() and len(id_) < 19):
        return None
    try:
        return dt.date(int(day[:4]), int(day[4:6]), int(day[6:])), int(id_)
    except ValueError:
        return None


def _hit(row: Mapping[str, Any], kind_title: str, words: Sequence[str]) -> SearchHit:
    shown = fold(f"{row['title']}\n{row['body']}")
    heard = [fold(sounding(row["title"], word)) for word in words if word not in shown]
    return SearchHit(
        kind=row["kind"],
        kind_title=kind_title,
        id=row["object"],
        client=row["client"],
        day=row["day"],
        title=lit(row["title"], [*words, *heard]),
        excerpt=lit(excerpt(row["body"], words), words),
        address=at(row["client"], row["path"]),
    )
