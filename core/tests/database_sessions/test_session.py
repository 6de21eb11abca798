"""What one transaction leaves in its session is no other's, and nothing runs beside a transaction."""

from typing import Any

import asyncpg
import pytest

from zhangfang_core.database.engine import (
    DATABASE_FAILED,
    DB,
    at_last,
    close_pool,
    connection,
    open_pool,
    run_before_commit,
    scoped_transaction,
)
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.references import ClientKey

LEAVE = (
    "select set_config('app.firm', '{firm}', false), set_config('app.clients', '*', false), set_config('app.staff', 'on', false)",
    "select pg_advisory_lock(4711)",
    "set search_path to pg_catalog",
)
LEFT = """select nullif(current_setting('app.firm', true), '') as firm, nullif(current_setting('app.staff', true), '') as staff,
    current_setting('search_path') as path, pg_backend_pid() as session,
    (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks"""


@pytest.mark.parametrize("ends", ["commit", "rollback"])
async def test_a_session_is_swept_before_the_next_transaction(firm: TestFirm, ends: str) -> None:
    address = DB.config["dsn"]
    await close_pool()
    await open_pool(address, smallest=1, largest=1)
    try:
        async with scoped_transaction(system_scope(firm.id)):
            usual = dict(await connection().fetchrow(LEFT) or {})
            for statement in LEAVE:
                await connection().execute(statement.format(firm=firm.id))
            if ends == "rollback":
                await DB.current_transaction.get().rollback()  # type: ignore[union-attr]  # one is open
        for _ in range(2):
            async with DB.transaction():
                found = dict(await connection().fetchrow(LEFT) or {})
                assert found == usual | {"firm": None, "staff": None}
    finally:
        await close_pool()
        await open_pool(address, smallest=1)


async def test_a_scope_holds_nothing_that_somebody_wrote(firm: TestFirm) -> None:
    """It is sent as text with BEGIN."""
    sly: Any = "1', true), set_config('app.operator', 'on"
    for scope in (Scope(firm=sly), Scope(user=sly), Scope(clients=frozenset({sly}))):
        with pytest.raises(ValueError, match="format code"):
            async with scoped_transaction(scope):
                pass


async def test_what_is_wanted_at_last_comes_in_one_round_trip_before_the_commit(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    execute = asyncpg.Connection.execute

    async def noted(self: "asyncpg.Connection[Any]", query: str, *args: Any, timeout: float | None = None) -> str:
        sent.append(query)
        status: str = await execute(self, query, *args, timeout=timeout)
        return status

    monkeypatch.setattr(asyncpg.Connection, "execute", noted)
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("create temporary table wanted (n int, word text) on commit drop")
        await connection().execute(
            "create function pg_temp.want(int, text) returns int language sql as 'insert into wanted values ($1, $2) returning 1'"
        )
        at_last("pg_temp.want({}, {})", 1, "one")
        at_last("pg_temp.want({}, {})", 2, "two")
        assert await connection().fetchval("select count(*) from wanted") == 0
        await run_before_commit()
        assert [tuple(row) for row in await connection().fetch("select * from wanted order by n")] == [
            (1, "one"),
            (2, "two"),
        ]
    assert [query for query in sent if "want(" in query and "create" not in query] == [
        "select pg_temp.want($1, $2), pg_temp.want($3, $4)"
    ]
    assert "BEGIN" in sent[0]
    assert "app.firm" in sent[0]


async def test_a_statement_outside_a_transaction_is_refused(firm: TestFirm) -> None:
    with pytest.raises(RuntimeError, match="no transaction is open"):
        await ClientKey.raw("select 1")


async def test_the_session_that_the_sweep_finds_dead_is_no_transaction(firm: TestFirm) -> None:
    """The round trip that begins is the first to notice; its error is raised and the connection is not kept."""
    address = DB.config["dsn"]
    await close_pool()
    await open_pool(address, smallest=1, largest=1)
    try:
        async with DB.transaction():
            session = await connection().fetchval("select pg_backend_pid()")
        killer = await asyncpg.connect(address)
        try:
            await killer.execute("select pg_terminate_backend($1)", session)
        finally:
            await killer.close()
        try:
            async with DB.transaction():
                assert await connection().fetchval("select pg_backend_pid()") != session
        except DATABASE_FAILED:
            async with DB.transaction():
                assert await connection().fetchval("select pg_backend_pid()") != session
    finally:
        await close_pool()
        await open_pool(address, smallest=1)
