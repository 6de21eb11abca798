"""Deferring jobs on the request's own connection: the job exists exactly if the transaction commits."""

import datetime as dt
import json

import asyncpg

from zhangfang_core.database.engine import connection
from zhangfang_sdk.acting import NotDeclared, caller
from zhangfang_sdk.context import firm_in_scope

_DEFER = """select procrastinate_defer_jobs_v1(array[row($1::varchar, $2::varchar, $3::int, $4::text, $5::text, $6::jsonb,
    $7::timestamptz)]::procrastinate_job_to_defer_v1[])"""
QUEUE = "default"


class QueuedJobs:
    """The SDK's ``Jobs`` on Procrastinate's tables."""

    async def defer(self, job: str, *, lock: str | None = None, once: str | None = None, **arguments: object) -> None:
        plugin = caller()
        if plugin is not None and job.partition(".")[0] != plugin.plugin:
            raise NotDeclared(plugin, f"job {job}")
        await put(job, firm_in_scope(), lock=lock, once=once, arguments=arguments)


async def put(
    job: str,
    firm: int,
    *,
    lock: str | None,
    once: str | None,
    arguments: dict[str, object],
    at: dt.datetime | None = None,
) -> None:
    """Queue ``job`` for ``firm``. A second one with the same ``once`` is left out while the first waits."""
    payload = json.dumps({"firm": firm, "arguments": arguments})
    values = (QUEUE, job, 0, lock and f"{firm}:{lock}", once and f"{firm}:{once}", payload, at)
    if once is None:
        await connection().execute(_DEFER, *values)
        return
    try:
        async with connection().transaction():
            await connection().execute(_DEFER, *values)
    except asyncpg.UniqueViolationError:
        return
