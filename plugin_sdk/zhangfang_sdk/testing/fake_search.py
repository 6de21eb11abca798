"""``Search`` in memory, for a plugin's own quick tests."""

from collections.abc import Iterable, Mapping

from zhangfang_sdk.context import scope
from zhangfang_sdk.places import at
from zhangfang_sdk.search import SearchEntry, SearchHit, SearchPage, SearchSource
from zhangfang_sdk.search_words import excerpt, fold, lit, words_of
from zhangfang_sdk.web import SIGNED_IN


class FakeSearch:
    """Finds what ``sources`` (by full kind: "notes.things") write for the ids told, when it is asked. ``told`` keeps those ids.

    Pages are numbered ("20": from the twenty-first hit on).
    """

    def __init__(self, sources: Mapping[str, SearchSource] | None = None) -> None:
        self._sources = dict(sources or {})
        self.told: dict[str, dict[int, None]] = {}

    def changed(self, kind: str, ids: Iterable[int]) -> None:
        self.told.setdefault(kind, {}).update(dict.fromkeys(ids))

    async def find(
        self, words: str, *, kind: str = "", year: int | None = None, after: str = "", limit: int = 20
    ) -> SearchPage:
        wanted = words_of(words)
        found = [
            (name, source, entry)
            for name, source in self._sources.items()
            if wanted and kind in ("", name)
            for entry in await source.write(list(self.told.get(name, {})))
            if _is_seen(source, entry) and year in (None, entry.day.year) and _fits(entry, wanted)
        ]
        found.sort(key=lambda each: (each[2].day, each[2].id), reverse=True)
        start = int(after) if after.isdigit() else 0
        hits = tuple(_hit(name, source, entry, wanted) for name, source, entry in found[start : start + limit])
        return SearchPage(hits, str(start + limit) if len(found) > start + limit else "")


def _is_seen(source: SearchSource, entry: SearchEntry) -> bool:
    here = scope().client
    if not scope().sees(entry.client) or here not in (None, entry.client):
        return False
    if source.permission == SIGNED_IN or scope().may(source.permission):
        return True
    own = source.own_permission and scope().may(source.own_permission)
    return bool(own) and entry.owner is not None and entry.owner == scope().user


def _fits(entry: SearchEntry, words: Iterable[str]) -> bool:
    folded = fold(f"{entry.title}\n{entry.text}\n{entry.also}")
    return all(word in folded for word in words)


def _hit(kind: str, source: SearchSource, entry: SearchEntry, words: list[str]) -> SearchHit:
    return SearchHit(
        kind=kind,
        kind_title=source.title,
        id=entry.id,
        client=entry.client,
        day=entry.day,
        title=lit(entry.title, words),
        excerpt=lit(excerpt(entry.text, words), words),
        address=at(entry.client, entry.path),
    )
