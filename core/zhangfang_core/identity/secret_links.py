"""Links whose address is a secret: what stands behind one, asked by somebody who is signed in to nothing."""

from dataclasses import dataclass

import asyncpg

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity.tokens import hash_of
from zhangfang_sdk.context import Scope


@dataclass(frozen=True, slots=True)
class LinkKind:
    """A table of links with ``token_hash``, ``revoked_at`` and ``expires_at``; ``stands`` says what else holds of one that can be used."""

    table: str
    columns: str
    stands: str


async def behind(kind: LinkKind, token: str) -> asyncpg.Record | None:
    """The link's row, which nobody else takes until the transaction ends; None when it was used, ended, or is too old.

    Leaves the transaction's settings at this one link.
    """
    await show_scope(Scope(), token=hash_of(token))
    return await connection().fetchrow(
        f"select {kind.columns} from {kind.table} "  # noqa: S608 - words of this code
        f"where token_hash = $1 and revoked_at is null and expires_at > now() and {kind.stands} for update",
        hash_of(token),
    )
