"""A command beside the portal leaves the embedded database as it found it: one that was started for it is stopped after it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from zhangfang_core.database import embedded
from zhangfang_core.database.roles import addresses
from zhangfang_core.settings import Settings


@contextmanager
def database_as_it_was(settings: Settings) -> Iterator[None]:
    """Around a command, outside of any event loop. Whoever came meanwhile (the portal, another command) keeps the database.

    Raises EmbeddedServerError when it cannot be stopped.
    """
    is_ours = settings.dsn is None and not embedded.is_running(settings.database_dir)
    try:
        yield
    finally:
        if is_ours and embedded.is_running(settings.database_dir) and asyncio.run(_is_alone(settings)):
            embedded.stop(settings.database_dir)


async def _is_alone(settings: Settings) -> bool:
    connection = await asyncpg.connect((await addresses(settings)).application)
    try:
        others = "select exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid())"
        return not await connection.fetchval(others)
    finally:
        await connection.close()
