"""The SDK's ``Search`` on PostgreSQL."""

from collections.abc import Iterable

from zhangfang_core.search import changes, finding
from zhangfang_sdk.search import SearchPage


class IndexedSearch:
    """See :class:`zhangfang_sdk.search.Search`."""

    def changed(self, kind: str, ids: Iterable[int]) -> None:
        changes.changed(kind, ids)

    async def find(
        self, words: str, *, kind: str = "", year: int | None = None, after: str = "", limit: int = 20
    ) -> SearchPage:
        return await finding.find(words, kind=kind, year=year, after=after, limit=limit)
