"""Deferring jobs on the request's own connection: the job exists exactly if the transaction commits."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

import asyncpg

from zhangfang_core.database.engine import at_last, connection
from zhangfang_core.jobs.lanes import CORE_LANE, fact_lane, job_lane
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.acting import NotDeclared, caller
from zhangfang_sdk.context import firm_in_scope

_DEFER = """select procrastinate_defer_jobs_v1(array[row($1::varchar, $2::varchar, $3::int, $4::text, $5::text, $6::jsonb,
    $7::timestamptz)]::procrastinate_job_to_defer_v1[])"""
# As the function for one, for several that wait for nothing and take no lock.
_DEFER_SEVERAL = """(select procrastinate_defer_jobs_v1(array_agg(
    row(queue, task, 0, null, null, args::jsonb, null)::procrastinate_job_to_defer_v1 order by place))
    from unnest({}::varchar[], {}::varchar[], {}::text[]) with ordinality t (queue, task, args, place))"""

TELL = "core.tell"
"""Tells a plugin of a fact: ``arguments["module"]``."""


CORE = "core"


class UnknownJob(LookupError):
    """The plugin declares no job of that name; the message names it."""


class QueuedJobs:
    """The SDK's ``Jobs`` on Procrastinate's tables."""

    async def defer(
        self, job: str, *, lock: str | None = None, once: str | None = None, behind: int = 0, **arguments: object
    ) -> None:
        plugin = caller()
        if plugin is not None and job.partition(".")[0] != plugin.plugin:
            raise NotDeclared(plugin, f"job {job}")
        if not is_declared(job):
            raise UnknownJob(job)
        await put(job, firm_in_scope(), lock=lock, once=once, behind=behind, arguments=arguments)


def is_declared(job: str) -> bool:
    """Whether a plugin that runs declares ``job`` ("notes.remind"); core's own are not asked for."""
    plugin, _, own = job.partition(".")
    module = registry().modules.get(plugin)
    return plugin == CORE or (module is not None and own in {declared.id for declared in module.jobs})


def _lane(job: str, firm: int, arguments: Mapping[str, object]) -> str:
    if job == TELL:
        return fact_lane(str(arguments["module"]), firm)
    plugin, _, own = job.partition(".")
    if plugin == CORE:
        return CORE_LANE
    module = registry().modules.get(plugin)
    declared = () if module is None else module.jobs
    return job_lane(plugin, next((each.lane for each in declared if each.id == own), ""))


async def put(
    job: str,
    firm: int,
    *,
    lock: str | None,
    once: str | None,
    arguments: dict[str, object],
    at: dt.datetime | None = None,
    behind: int = 0,
) -> None:
    """Queue ``job`` for ``firm``. A second one with the same ``once`` is left out while the first waits; see ``Jobs`` for ``behind``."""
    payload = _payload(firm, arguments)
    # Procrastinate takes the highest priority first, then the oldest.
    values = (_lane(job, firm, arguments), job, -behind, lock and f"{firm}:{lock}", once and f"{firm}:{once}", payload, at)
    if once is None:
        await connection().execute(_DEFER, *values)
        return
    try:
        async with connection().transaction():
            await connection().execute(_DEFER, *values)
    except asyncpg.UniqueViolationError:
        return


def put_several(firm: int, jobs: Sequence[tuple[str, dict[str, object]]]) -> None:
    """Queue ``jobs``, each a name with its arguments, in that order before the transaction in force commits; no savepoint takes them back."""
    if jobs:
        at_last(
            _DEFER_SEVERAL,
            [_lane(job, firm, arguments) for job, arguments in jobs],
            [job for job, _ in jobs],
            [_payload(firm, arguments) for _, arguments in jobs],
        )


def _payload(firm: int, arguments: Mapping[str, object]) -> str:
    return json.dumps({"firm": firm, "arguments": arguments})
