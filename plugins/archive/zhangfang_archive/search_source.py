"""Lists of source documents, as they are found: by month, by who made them, by fingerprint."""

from collections.abc import Sequence

from zhangfang_archive.tables import Manifest
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period
from zhangfang_sdk.search import SearchEntry, SearchSource

KIND = "archive.manifests"


async def write(ids: Sequence[int]) -> Sequence[SearchEntry]:
    rows = await Manifest.objects().where(Manifest.id.is_in(list(ids)))
    return [_entry(row, Period.from_number(row.period)) for row in rows]


async def ids(after: int, limit: int) -> Sequence[int]:
    query = Manifest.select(Manifest.id).where(Manifest.id > after).order_by(Manifest.id).limit(limit)
    return [row["id"] for row in await query]


def _entry(row: Manifest, period: Period) -> SearchEntry:
    day = row.created_at.astimezone(BUSINESS_TIME_ZONE).date()
    text = f"{period.key} {row.files} 份 {day} {row.made_by} {row.sha256}"
    return SearchEntry(int(row.id), int(row.client), f"单据清单 {period.label}", text, "/archive", day)


MANIFESTS = SearchSource("manifests", "电子档案", "archive.read", write, ids)
