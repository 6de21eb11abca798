"""What the host does in the middle of a plugin's call is its own, and a transaction that broke is not taken for one that was kept."""

import contextlib
import datetime as dt
import logging

import asyncpg
import pytest

from zhangfang_core.database.engine import TransactionBroken, connection, savepoint, scoped_transaction
from zhangfang_core.database.statements import check_statement, tables_of
from zhangfang_core.identity.permissions import CORE_PERMISSIONS
from zhangfang_core.jobs.worker import make_app
from zhangfang_core.modules import calling as boundary
from zhangfang_core.modules.calling import calling, know
from zhangfang_core.modules.routes import CORE_HEADS, head
from zhangfang_core.testing.queue import emptied
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.web.app import CORE_PAGES
from zhangfang_sdk.acting import Acting, NotDeclared
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import in_scope, system_scope, transaction
from zhangfang_sdk.manifest import RESERVED, parse_manifest
from zhangfang_sdk.references import ClientKey
from zhangfang_sdk.services import use


@pytest.fixture(autouse=True)
def tidy() -> None:
    know(parse_manifest('id = "tidy"\ntitle = "外来模块"\nsummary = "x"\ncategory = "x"', version="1"))
    tables_of("tidy")


async def test_a_plugins_job_may_write_to_the_trail(firm: TestFirm) -> None:
    """At the end of the transaction that it opened, the host queues the sealing: not the plugin, which may queue its own jobs alone."""
    async with scoped_transaction(system_scope(firm.id)):
        await emptied()
    with in_scope(system_scope(firm.id)), calling("tidy", "job x"):
        async with transaction():
            await use(Audit).record("tidy.done", "tidy:1")
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select count(*) from procrastinate_jobs where task_name = 'core.seal_audit'") == 1


async def hides_an_error() -> None:
    """As a plugin's code may: a statement fails, and it goes on as if nothing were."""
    await connection().execute("update core_module_switch set enabled = false")
    with contextlib.suppress(asyncpg.PostgresError):
        await ClientKey.raw("select 1 / 0")


async def are_on(firm: TestFirm) -> bool:
    async with scoped_transaction(system_scope(firm.id)):
        found: bool = await connection().fetchval("select bool_and(enabled) from core_module_switch")
        return found


async def test_a_hidden_error_is_no_commit(firm: TestFirm) -> None:
    """PostgreSQL answers such a COMMIT with ROLLBACK."""

    async def work() -> None:
        async with scoped_transaction(system_scope(firm.id)):
            await hides_an_error()

    with pytest.raises(TransactionBroken):
        await work()
    assert await are_on(firm)


async def test_a_hidden_error_costs_its_savepoint_alone(firm: TestFirm) -> None:
    async def work() -> None:
        async with savepoint():
            await hides_an_error()

    async with scoped_transaction(system_scope(firm.id)):
        with pytest.raises(asyncpg.InFailedSQLTransactionError):
            await work()
        assert await connection().fetchval("select bool_and(enabled) from core_module_switch")


@pytest.mark.parametrize("sql", ["rollback", " COMMIT", "end", "begin", "savepoint x", "release part", "start transaction"])
def test_the_transaction_is_not_the_plugins(sql: str) -> None:
    with pytest.raises(NotDeclared):
        check_statement(Acting("tidy", "外来模块", frozenset()), sql)


def test_a_secret_is_not_traced(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "TRACED", True)
    with caplog.at_level(logging.INFO, "zhangfang.plugins"):
        with pytest.raises(ValueError, match="sk-1"), calling("tidy", "vendor x", silent=True):
            raise ValueError("sk-1")
        with calling("tidy", "page /x"):
            pass
    assert "vendor x: " in caplog.text
    assert "page /x: " in caplog.text
    assert "sk-1" not in caplog.text


def test_schedules_are_read_in_shanghai() -> None:
    """The sweep at 3:23 of the night, not at 11:23 when everybody works."""
    app = make_app("postgresql://nowhere")
    (sweep,) = [p for p in app.periodic_registry.periodic_tasks.values() if p.task.name.endswith("sweep_objects")]
    noon = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC).timestamp()
    following = dt.datetime.fromtimestamp(sweep.croniter.get_next(ret_type=float, start_time=noon), dt.UTC)
    assert following == dt.datetime(2026, 11, 26, 19, 23, tzinfo=dt.UTC)


def test_heads_of_cores_addresses_are_known() -> None:
    """A plugin's page under one of them would stop the server, or shadow a page of core that is yet to come."""
    found = {head(path) for page in CORE_PAGES for path in page.paths}
    assert found - {"", "{rest:path}"} == CORE_HEADS


def test_first_words_of_cores_permissions_are_reserved() -> None:
    """Else a plugin of that id could call core's permission its own, and give it to whom it likes."""
    assert {permission.id.partition(".")[0] for permission in CORE_PERMISSIONS} <= RESERVED
