"""The search index in tests, where no worker runs."""

import json

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.search.changes import INDEX
from zhangfang_core.search.writing import build, index, missing
from zhangfang_core.testing.queue import as_worker
from zhangfang_sdk.context import in_scope, system_scope

_TAKE = "delete from procrastinate_jobs where status = 'todo' and task_name = $1 and (args ->> 'firm')::bigint = $2 returning id, args"


async def indexed(firm: int) -> int:
    """Do what waits to be written for the firm, in order; how many jobs there were."""
    async with scoped_transaction(system_scope(firm)):
        await as_worker()
        jobs = await connection().fetch(_TAKE, INDEX, firm)
    for job in sorted(jobs, key=lambda each: int(each["id"])):
        with in_scope(system_scope(firm)):
            await index(**json.loads(job["args"])["arguments"])
    return len(jobs)


async def built(firm: int) -> None:
    """Build every kind that is missing."""
    async with scoped_transaction(system_scope(firm)):
        kinds = await missing()
    for kind in kinds:
        with in_scope(system_scope(firm)):
            await build(kind)
