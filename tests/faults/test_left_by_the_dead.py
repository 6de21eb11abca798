"""A job with a lock and ``once`` that a dead worker left, with the same work queued meanwhile, holds nobody back (PLAT-10)."""

import asyncio
import time

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.jobs.queue import put
from zhangfang_core.jobs.worker import work_until
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.queue import as_worker
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope

JOB = "core.seal_audit"
STATES = "select status::text as status, count(*) as n from procrastinate_jobs where lock = $1 group by status"


async def test_the_newer_job_runs_and_the_left_one_ends(firm: TestFirm, database: str, test_server: TestServer) -> None:
    scope = system_scope(firm.id)
    async with scoped_transaction(scope):
        await put(JOB, firm.id, lock="left", once="left", arguments={})
    async with scoped_transaction(scope):
        await as_worker()
        # As a killed worker leaves it: being done by one that gives no sign of life any more.
        await connection().execute(
            """with dead as (insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id)
            update procrastinate_jobs set status = 'doing', worker_id = (select id from dead) where lock = $1""",
            f"{firm.id}:left",
        )
    async with scoped_transaction(scope):
        await put(JOB, firm.id, lock="left", once="left", arguments={})
    assert await states(firm) == {"doing": 1, "todo": 1}
    stop = asyncio.Event()
    worker = asyncio.create_task(work_until(test_server.addresses(database).application, stop, stalled_s=1.0))
    try:
        deadline = time.monotonic() + 15
        while found := await states(firm):  # one that succeeded leaves no row
            assert time.monotonic() < deadline, found
            await asyncio.sleep(0.1)
    finally:
        stop.set()
        await worker


async def states(firm: TestFirm) -> dict[str, int]:
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch(STATES, f"{firm.id}:left")
    return {row["status"]: row["n"] for row in rows}
