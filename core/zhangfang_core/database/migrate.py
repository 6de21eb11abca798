"""Bring a database to the newest schema: grants, the wall's functions, Piccolo's migrations, the job queue."""

import contextlib
import io
import os
from importlib.resources import files

import asyncpg
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration
from procrastinate import PsycopgConnector
from procrastinate.schema import SchemaManager

from zhangfang_core.database.engine import DB, MigrationEngine

os.environ.setdefault("PICCOLO_CONF", "zhangfang_core.piccolo_conf")

_LOCK = 782342
_WAIT_FOR_TABLES = "10s"
"""A migration that waits longer for a table in use fails and may be run again: all who come after it wait meanwhile."""


async def migrate(owner_dsn: str) -> None:
    """Run what is missing, as the owner, under an advisory lock so that several nodes may start at once.

    Raises MigrationFailed with Piccolo's output; the failed migration is rolled back.
    """
    guard = await asyncpg.connect(owner_dsn)
    try:
        await guard.execute("select pg_advisory_lock($1)", _LOCK)
        await guard.execute(f"set lock_timeout = '{_WAIT_FOR_TABLES}'")
        await guard.execute(files("zhangfang_core.database").joinpath("bootstrap.sql").read_text("utf-8"))
        await _jobs_schema(guard)
        await _piccolo(owner_dsn)
    finally:
        await guard.close()


class MigrationFailed(RuntimeError):
    """The message is what the migration printed."""


async def _jobs_schema(guard: "asyncpg.Connection[asyncpg.Record]") -> None:
    if await guard.fetchval("select to_regclass('procrastinate_jobs')") is None:
        await guard.execute(SchemaManager(connector=PsycopgConnector()).get_schema())


async def _piccolo(owner_dsn: str) -> None:
    import zhangfang_core.piccolo_conf as conf

    owner = MigrationEngine(config={"dsn": owner_dsn, "server_settings": {"lock_timeout": _WAIT_FOR_TABLES}})
    before, conf.DB = conf.DB, owner  # type: ignore[assignment]  # Piccolo finds the engine in this module by name
    Migration._meta.db = owner  # it would keep the first engine that it finds, and so the first database
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            await run_forwards("all")
    except SystemExit as stop:
        raise MigrationFailed(output.getvalue()[-4000:]) from stop
    finally:
        conf.DB = before


__all__ = ["DB", "MigrationFailed", "migrate"]
