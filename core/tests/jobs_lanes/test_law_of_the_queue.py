"""Jobs stay in their firm, also for code that writes to the queue itself (G10)."""

import json

import asyncpg
import pytest
from procrastinate.jobs import Status

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.jobs.queue import put
from zhangfang_core.jobs.worker import make_app
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.queue import emptied
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope

PLANT = "insert into procrastinate_jobs (queue_name, task_name, args) values ('default', 'core.seal_audit', $1::jsonb)"


async def waiting(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await emptied()
        await put("core.seal_audit", firm.id, lock=None, once=None, arguments={})


@pytest.mark.parametrize("firm_of_job", ["other", None, "text"])
async def test_no_job_is_queued_for_another_firm_or_for_none(firm: TestFirm, other_firm: TestFirm, firm_of_job: str | None) -> None:
    args = {} if firm_of_job is None else {"firm": other_firm.id if firm_of_job == "other" else firm_of_job}
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with scoped_transaction(system_scope(firm.id)):
            await connection().execute(PLANT, json.dumps(args))


@pytest.mark.parametrize(
    "sql",
    [
        "update procrastinate_jobs set priority = 9",
        "update procrastinate_jobs set args = jsonb_set(args, '{firm}', '99')",
        "delete from procrastinate_jobs",
        "truncate procrastinate_jobs cascade",
    ],
)
async def test_a_queued_job_is_neither_changed_nor_taken_away(firm: TestFirm, sql: str) -> None:
    await waiting(firm)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with scoped_transaction(system_scope(firm.id)):
            await connection().execute(sql)


async def test_the_worker_serves_every_firm(firm: TestFirm, other_firm: TestFirm, database: str, test_server: TestServer) -> None:
    await waiting(firm)
    async with scoped_transaction(system_scope(other_firm.id)):
        await put("core.seal_audit", other_firm.id, lock=None, once=None, arguments={})
    async with make_app(test_server.addresses(database).application).open_async() as app:
        jobs = list(await app.job_manager.list_jobs_async())
        assert len(jobs) == 2
        for job in jobs:
            await app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
        assert list(await app.job_manager.list_jobs_async()) == []
