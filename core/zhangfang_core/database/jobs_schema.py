"""The job queue's own tables: Procrastinate's, brought to the version that is installed.

Procrastinate keeps no record of its version in the database. Each of its migration files that has run stands in the table ``migration``
beside ours, as ``procrastinate``.
"""

from collections.abc import Sequence
from pathlib import Path

import asyncpg
from procrastinate import PsycopgConnector
from procrastinate.schema import SchemaManager

from zhangfang_core.database.migration_files import Ran, recorded

JOBS_APP = "procrastinate"

_RECORD = "insert into migration (name, app_name, ran_on) values ($1, $2, now())"


def jobs_to_run(ran: Ran) -> list[Path]:
    """Procrastinate's migration files that have not run, in their order."""
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    return [file for file in files if file.name not in ran.get(JOBS_APP, frozenset())]


async def upgrade_jobs(connection: "asyncpg.Connection[asyncpg.Record]") -> Sequence[str]:
    """Make the queue's tables, or run the files that came since; returns the names of what ran. As the owner, the table ``migration`` there.

    Each file has a transaction of its own: PostgreSQL lets nothing use a new enum value in the one that adds it. Raises
    asyncpg.PostgresError.
    """
    missing = jobs_to_run(await recorded(connection))
    if await connection.fetchval("select to_regclass('procrastinate_jobs')") is None:
        async with connection.transaction():
            await connection.execute(SchemaManager(connector=PsycopgConnector()).get_schema())
            await connection.executemany(_RECORD, [(file.name, JOBS_APP) for file in missing])
    else:
        for file in missing:
            async with connection.transaction():
                await connection.execute(file.read_text("utf-8"))
                await connection.execute(_RECORD, file.name, JOBS_APP)
    return [file.name for file in missing]
