"""The job queue's schema comes along with a newer Procrastinate (PLAT-10)."""

from typing import Any

import asyncpg

from zhangfang_core.database.jobs_schema import JOBS_APP, jobs_to_run, upgrade_jobs
from zhangfang_core.modules.life import migrate
from zhangfang_core.testing.databases import TestServer, empty

SHAPE = {
    "columns": """select table_name::text, column_name::text, data_type, column_default, is_nullable from information_schema.columns
        where table_name like 'procrastinate%' order by 1, 2""",
    "functions": """select oid::regprocedure::text, md5(regexp_replace(prosrc, '\\s+', '', 'g')) from pg_proc
        where proname like 'procrastinate%' order by 1""",
    "indexes": "select indexdef from pg_indexes where tablename like 'procrastinate%' order by 1",
    "triggers": "select pg_get_triggerdef(oid) from pg_trigger where tgrelid::regclass::text like 'procrastinate%' and not tgisinternal "
    "and tgname not like 'core%' order by 1",
    "labels": "select enumtypid::regtype::text, enumlabel::text from pg_enum order by 1, enumsortorder",
}
OLDER = 30


async def shape(connection: "asyncpg.Connection[Any]") -> dict[str, list[tuple[Any, ...]]]:
    return {name: [tuple(row) for row in await connection.fetch(query)] for name, query in SHAPE.items()}


async def test_an_older_queue_gets_what_came_since_and_keeps_its_jobs(test_server: TestServer) -> None:
    """From Procrastinate 3.0, file by file, to the same tables, functions and indexes as a new database has."""
    files = jobs_to_run({})
    async with empty(test_server) as old, empty(test_server) as new:
        connection = await asyncpg.connect(test_server.owner(old))
        other = await asyncpg.connect(test_server.owner(new))
        try:
            await connection.execute(
                "create table migration (id serial, name varchar(200), app_name varchar(200), ran_on timestamp)"
            )
            for file in files[:OLDER]:
                await connection.execute(file.read_text("utf-8"))
                await connection.execute("insert into migration (name, app_name) values ($1, $2)", file.name, JOBS_APP)
            await connection.execute(
                "insert into procrastinate_jobs (queue_name, task_name) values ('default', 'core.seal')"
            )
            assert await upgrade_jobs(connection) == [file.name for file in files[OLDER:]]
            assert await upgrade_jobs(connection) == []

            await migrate(test_server.owner(new))
            assert await shape(connection) == await shape(other)
            assert (
                await connection.fetchval("select count(*) from procrastinate_jobs where task_name = 'core.seal'") == 1
            )
        finally:
            await connection.close()
            await other.close()


async def test_a_migrated_database_knows_its_queue_s_version(test_server: TestServer) -> None:
    connection = await asyncpg.connect(test_server.superuser(test_server.template))
    try:
        rows = await connection.fetch("select name from migration where app_name = $1 order by name", JOBS_APP)
        assert [row["name"] for row in rows] == [file.name for file in jobs_to_run({})]
    finally:
        await connection.close()
