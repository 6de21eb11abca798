"""The worker: runs queued jobs in their firm's scope, takes over those of a dead worker, and keeps the schedule."""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import procrastinate
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.jobs.catalogue import catalogue
from zhangfang_core.jobs.lanes import CORE_LANE, LaneWorker, lanes_of
from zhangfang_core.jobs.queue import CORE, TELL, UnknownJob, put
from zhangfang_core.modules.calling import calling
from zhangfang_core.modules.reasons import reason_of
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.time_limits import said_while_it_runs, within
from zhangfang_core.modules.troubles import failed_for_good
from zhangfang_sdk.context import Scope, firm_in_scope, in_scope, system_scope
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE

log = logging.getLogger("zhangfang.jobs")

HEARTBEATS = 4
"""Signs of life that a worker may miss before it counts as dead."""
STALLED_S = 8.0
OPERATOR = Scope(operator=True, staff=True)


def make_app(dsn: str) -> App:
    """A Procrastinate app that knows every kind of job. ``dsn`` is the application role's."""
    connector = PsycopgConnector(conninfo=_serving_all_firms(dsn), min_size=1, max_size=4)
    app = App(connector=connector, periodic_defaults={"max_delay": 600})
    for name, job in catalogue().items():
        app.task(name=name, queue=CORE_LANE, retry=_retries(job), pass_context=True)(_runner(name, job))
        if job.schedule is not None:
            app.periodic(cron=job.schedule, periodic_id=name)(
                app.task(name=f"schedule:{name}", queue=CORE_LANE, queueing_lock=f"schedule:{name}")(_scheduler(name))
            )
    for periodic in app.periodic_registry.periodic_tasks.values():
        # It counts in UTC until it is given a moment with a zone, and keeps that zone.
        periodic.croniter.set_current(dt.datetime.now(BUSINESS_TIME_ZONE), force=True)
    return app


def _serving_all_firms(dsn: str) -> str:
    """The queue takes from a firm's transaction jobs of that firm alone; who serves all of them says so (core_modules, migration 3)."""
    given = str(conninfo_to_dict(dsn).get("options", ""))
    return make_conninfo(dsn, options=f"{given} -c app.queue=on".strip())


def _retries(job: Job) -> RetryStrategy | bool:
    """Procrastinate would take 0 attempts for any number of them."""
    return RetryStrategy(max_attempts=job.tries, exponential_wait=2) if job.tries else False


def _runner(name: str, job: Job) -> Callable[..., Awaitable[None]]:
    plugin, _, own_name = name.partition(".")

    async def run(context: JobContext, firm: int, arguments: dict[str, Any]) -> None:
        scope = system_scope(firm)
        if plugin != CORE and not await _is_on(plugin, scope):
            log.info("job %s left out: the firm %s has the module off", name, firm)
            return
        try:
            with in_scope(scope), said_while_it_runs(f"{_what(name, arguments)} of firm {firm}", log):
                # A job that never ended would hold its place in every worker that takes it up.
                async with within(job.seconds):
                    if plugin == CORE:
                        await job.run(**arguments)
                    else:
                        with calling(plugin, f"job {own_name}"):
                            await job.run(**arguments)
        except Exception as error:
            if context.job.attempts >= job.tries:
                await _keep_failed(scope, name, arguments, error)
            raise

    return run


async def _is_on(plugin: str, scope: Scope) -> bool:
    async with scoped_transaction(scope):
        return plugin in await enabled_modules()


async def _keep_failed(scope: Scope, name: str, arguments: dict[str, Any], error: Exception) -> None:
    """It has been tried as often as it may be: from here on it stands on the operator's page."""
    plugin = str(arguments.get("module", "")) if name == TELL else name.partition(".")[0]
    log.error("job %s of %s failed for good: %s", name, plugin, reason_of(error))
    async with scoped_transaction(scope):
        await failed_for_good(firm_in_scope(), name, plugin, arguments, reason_of(error))


def _what(name: str, arguments: Mapping[str, Any]) -> str:
    return f"on_{arguments.get('fact')} of {arguments.get('module')}" if name == TELL else f"job {name}"


class _Worker(LaneWorker):
    """A job that no plugin here declares any more stands on the operator's page like one that failed."""

    async def _process_job(self, context: JobContext) -> None:
        if context.job.task_name not in self.app.tasks:
            await _keep_unknown(context.job)
        await super()._process_job(context)


async def _keep_unknown(job: QueuedJob) -> None:
    firm, arguments = job.task_kwargs.get("firm"), job.task_kwargs.get("arguments")
    if isinstance(firm, int) and isinstance(arguments, dict):
        await _keep_failed(system_scope(firm), job.task_name, arguments, UnknownJob(f"没有模块声明任务 {job.task_name}"))


def _scheduler(name: str) -> Callable[[int], Awaitable[None]]:
    async def schedule(timestamp: int) -> None:
        for firm in await firms():
            async with scoped_transaction(system_scope(firm)):
                await put(name, firm, lock=None, once=f"schedule:{name}", arguments={})

    return schedule


async def firms() -> list[int]:
    """Ids of all firms of the deployment."""
    async with scoped_transaction(OPERATOR):
        return [row["id"] for row in await connection().fetch("select id from core_firm order by id")]


async def _take_over(app: App, stalled_s: float) -> None:
    """Jobs whose worker died (killed, or its machine gone) go back into the queue, or end where the same work is queued already."""
    while True:
        with contextlib.suppress(procrastinate.exceptions.ConnectorException):
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_s):
                log.warning("job %s (%s) was left by a dead worker; it runs again", job.id, job.task_name)
                try:
                    await app.job_manager.retry_job(job)
                except procrastinate.exceptions.UniqueViolation:
                    # The same work waits already. The one that was left must end, or its lock would hold that one back for ever.
                    await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
        await asyncio.sleep(stalled_s / HEARTBEATS)


@contextlib.asynccontextmanager
async def working(dsn: str) -> AsyncIterator[None]:
    """A worker that runs for as long as the context is open; the pool of the engine must be open."""
    stop = asyncio.Event()
    task = asyncio.create_task(work_until(dsn, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def work_until(dsn: str, stop: asyncio.Event, *, stalled_s: float = STALLED_S) -> None:
    """Work until ``stop``; when the database goes away, come back as soon as it does.

    ``stalled_s``: seconds without a sign of life after which another worker counts as dead and its jobs run again.
    """
    while not stop.is_set():
        try:
            await _work_once(dsn, stop, stalled_s)
        except (OSError, procrastinate.exceptions.ConnectorException) as error:
            log.warning("the worker lost the database (%s); trying again", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1.0)


async def _work_once(dsn: str, stop: asyncio.Event, stalled_s: float) -> None:
    app = make_app(dsn)
    async with app.open_async():
        worker = asyncio.create_task(
            _Worker(
                app,
                lanes_of({id_: {job.lane for job in module.jobs} for id_, module in registry().modules.items()}),
                install_signal_handlers=False,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=stalled_s / HEARTBEATS,
                stalled_worker_timeout=stalled_s,
                shutdown_graceful_timeout=5.0,
                delete_jobs="successful",
            ).run()  # type: ignore[no-untyped-call]
        )
        rescuer = asyncio.create_task(_take_over(app, stalled_s))
        stopper = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({worker, stopper}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (worker, rescuer, stopper):
                if not task.done():
                    task.cancel()
            results = await asyncio.gather(worker, rescuer, stopper, return_exceptions=True)
        if isinstance(results[0], Exception):
            raise results[0]
