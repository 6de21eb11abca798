"""Reading who is who in the firm's name, for what a client's person causes."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from zhangfang_core.database.engine import connection


@asynccontextmanager
async def seeing_everybody() -> AsyncIterator[None]:
    """A client's person may cause a message to the firm's people, and read who has their task, without seeing who else there is."""
    before = await connection().fetchrow(
        "select current_setting('app.staff', true) as staff, current_setting('app.clients', true) as clients"
    )
    if before is None:
        raise RuntimeError("the transaction's settings cannot be read")
    change = "select set_config('app.staff', $1, true), set_config('app.clients', $2, true)"
    await connection().execute(change, "on", "*")
    try:
        yield
    except BaseException:
        with contextlib.suppress(asyncpg.InFailedSQLTransactionError):
            await connection().execute(change, before["staff"], before["clients"])
        raise
    await connection().execute(change, before["staff"], before["clients"])
