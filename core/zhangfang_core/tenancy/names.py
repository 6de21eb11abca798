"""The names of the firm and of the client in scope, as every page's head shows them."""

from dataclasses import dataclass

from zhangfang_core.database.engine import connection, kept
from zhangfang_sdk.context import scope


@dataclass(frozen=True, slots=True)
class Names:
    firm: str
    client: str | None


async def names_in_scope() -> Names:
    """One query in a transaction; the firm is "" for the operator, the client None when none is open."""
    place, known = (scope().firm, scope().client), kept("names")
    if place not in known:
        known[place] = await _read()
    found: Names = known[place]
    return found


async def _read() -> Names:
    row = await connection().fetchrow(
        "select (select name from core_firm where id = $1) as firm, (select name from core_client where firm = $1 and id = $2) as client",
        scope().firm,
        scope().client,
    )
    return Names("", None) if row is None else Names(row["firm"] or "", row["client"])
