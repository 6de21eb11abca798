"""Waiting at a start for a database or for another node, never silently."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

log = logging.getLogger("zhangfang.start")

SAID_AFTER_S = 1.0
SAID_AGAIN_S = 15.0
ASKED_EVERY_S = 0.2

MIGRATION_LOCK = 782342
"""Advisory lock of the node that migrates."""


async def until_clear(obstacle: Callable[[], Awaitable[str | None]]) -> None:
    """Ask until ``obstacle`` answers None; what it names instead is logged after 1 s, when it changes, and every 15 s."""
    start, said, said_at = time.monotonic(), "", 0.0
    while (found := await obstacle()) is not None:
        waited = time.monotonic() - start
        if waited >= SAID_AFTER_S and (found != said or waited - said_at >= SAID_AGAIN_S):
            log.warning("waiting for %.0f s: %s", waited, found)
            said, said_at = found, waited
        await asyncio.sleep(ASKED_EVERY_S)
    if said:
        log.warning("going on after %.0f s", time.monotonic() - start)


async def connected(dsn: str) -> "asyncpg.Connection[Any]":
    """A connection, waited for while the server is away or starting. Raises asyncpg.PostgresError when it says no."""
    found: list[asyncpg.Connection[Any]] = []

    async def obstacle() -> str | None:
        try:
            found.append(await asyncpg.connect(dsn))
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError) as error:
            return f"the database does not answer ({type(error).__name__}: {error})"
        return None

    await until_clear(obstacle)
    return found[0]


async def migrating_elsewhere(connection: "asyncpg.Connection[Any]") -> str | None:
    """What to say while another node holds the migration lock of this database; None when none does."""
    holder = await connection.fetchrow(
        """select l.pid, a.client_addr from pg_locks l left join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.objid = $1 and l.granted and l.pid <> pg_backend_pid()
            and l.database = (select oid from pg_database where datname = current_database())""",
        MIGRATION_LOCK,
    )
    if holder is None:
        return None
    return f"another node is migrating the database (backend {holder['pid']}, from {holder['client_addr'] or 'this machine'})"
