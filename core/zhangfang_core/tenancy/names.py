"""The names of the firm and of the client in scope, as every page's head shows them."""

from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_sdk.context import scope


@dataclass(frozen=True, slots=True)
class Names:
    firm: str
    client: str | None


async def names_in_scope() -> Names:
    """One query; the firm is "" for the operator, the client None when none is open."""
    row = await connection().fetchrow(
        "select (select name from core_firm where id = $1) as firm, (select name from core_client where firm = $1 and id = $2) as client",
        scope().firm,
        scope().client,
    )
    return Names("", None) if row is None else Names(row["firm"] or "", row["client"])
