"""Files, as they are found: by their names and by who sent them."""

from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.search import LONGEST_TITLE, SearchEntry, SearchSource

_ROWS = (
    "select id, client, name, stored_at, stored_by_name from core_document where firm = $1 and id = any ($2::bigint[])"
)
_IDS = "select id from core_document where firm = $1 and id > $2 order by id limit $3"


async def write(ids: Sequence[int]) -> Sequence[SearchEntry]:
    entries = []
    for row in await connection().fetch(_ROWS, firm_in_scope(), ids):
        day = row["stored_at"].astimezone(BUSINESS_TIME_ZONE).date()
        text = f"{row['name'][LONGEST_TITLE:]} {day} {row['stored_by_name']}".lstrip()
        entries.append(
            SearchEntry(row["id"], row["client"], row["name"][:LONGEST_TITLE], text, f"/documents/{row['id']}", day)
        )
    return entries


async def ids(after: int, limit: int) -> Sequence[int]:
    return [row["id"] for row in await connection().fetch(_IDS, firm_in_scope(), after, limit)]


DOCUMENTS = SearchSource("documents", "原始文件", "documents.read", write, ids, version=2)
