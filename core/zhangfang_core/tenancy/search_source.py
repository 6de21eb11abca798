"""Clients, as they are found: by name, by the initials of its pinyin, by tax number."""

from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.tenancy.finding import initials
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.search import SearchEntry, SearchSource

_ROWS = "select id, name, tax_id, books_start from core_client where firm = $1 and id = any ($2::bigint[])"
_IDS = "select id from core_client where firm = $1 and id > $2 order by id limit $3"


async def write(ids: Sequence[int]) -> Sequence[SearchEntry]:
    return [
        SearchEntry(
            *(row["id"], row["id"], row["name"], row["tax_id"], "/", row["books_start"]), also=initials(row["name"])
        )
        for row in await connection().fetch(_ROWS, firm_in_scope(), ids)
    ]


async def ids(after: int, limit: int) -> Sequence[int]:
    return [row["id"] for row in await connection().fetch(_IDS, firm_in_scope(), after, limit)]


CLIENTS = SearchSource("clients", "客户", "clients.read", write, ids, version=2)
