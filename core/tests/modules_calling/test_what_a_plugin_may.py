"""PLAT-6: whatever a plugin asks of services, its manifest has declared; its own SQL stays with its own tables."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence

import pytest
from piccolo.querystring import QueryString, Unquoted

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.database.statements import tables_of
from zhangfang_core.modules import calling as boundary
from zhangfang_core.modules.afterwards import settled
from zhangfang_core.modules.calling import calling, know, tallies
from zhangfang_core.modules.core_services import CORE_SERVICES
from zhangfang_core.tenancy.service import FirmClients
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.acting import Acting, NotDeclared
from zhangfang_sdk.acting import acting as acting_plugin
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.context import in_scope, require, scope, system_scope, transaction
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.manifest import parse_manifest
from zhangfang_sdk.references import ClientKey
from zhangfang_sdk.services import guarded, methods_of, use

MANIFEST = 'id = "{id}"\ntitle = "外来模块"\nsummary = "x"\ncategory = "x"\nuses = {uses}\n'


@pytest.fixture(autouse=True)
def strangers() -> None:
    """A plugin that declared nothing, and one that may draft."""
    for id_, uses in (("greedy", "[]"), ("modest", '["ledger.read", "ledger.draft", "clients.read"]')):
        know(parse_manifest(MANIFEST.format(id=id_, uses=uses), version="1"))
        tables_of(id_)
    boundary._told.clear()


def sale(firm: TestFirm) -> VoucherDraft:
    lines = (Line("1002", "x", debit=100), Line("1001", "x", credit=100))
    return VoucherDraft(firm.restaurant, dt.date(2026, 3, 5), "x", lines)


ASKED: dict[str, Callable[[TestFirm], Awaitable[object]]] = {
    "drafts": lambda firm: use(Ledger).draft(sale(firm)),
    "posts": lambda firm: use(Ledger).post(1),
    "reads the books": lambda firm: use(Ledger).accounts(firm.restaurant),
    "reads a document": lambda firm: use(Documents).content(1),
    "lists documents": lambda firm: use(Documents).documents([1]),
    "lists clients": lambda firm: use(Clients).clients(),
    "queues another's job": lambda firm: use(Jobs).defer("capture_ocr.read", item=1),
}


@pytest.mark.parametrize("what", ASKED)
async def test_what_is_not_declared_is_refused_and_on_the_trail(firm: TestFirm, what: str) -> None:
    async with acting(firm, "owner"):
        with pytest.raises(NotDeclared, match=r"module\.not_declared") as refused, calling("greedy", "page /x"):
            await ASKED[what](firm)
    assert "外来模块" in refused.value.sentence
    await settled()
    async with acting(firm, "owner"):
        kept = await connection().fetchrow(
            "select subject, after from core_audit_entry where action = 'module.not_declared'"
        )
    assert kept is not None
    assert kept["subject"] == "module:greedy"
    assert str(refused.value.details["wanted"]) in kept["after"]


async def test_declared_permissions_do_not_widen_the_persons(firm: TestFirm) -> None:
    """Person ∩ declared; what any plugin may do needs neither."""
    async with acting(firm, "accountant"):
        with calling("modest", "page /x"):
            assert scope().may("ledger.draft")
            assert not scope().may("ledger.post")
            voucher = await use(Ledger).draft(sale(firm))
            await use(Audit).record("modest.done", "modest:1")
            with pytest.raises(NotDeclared):
                await use(Ledger).post(voucher)
        assert scope().may("ledger.post")
    async with acting(firm, "driver"):
        with calling("modest", "page /x"):
            assert not scope().may("ledger.draft")
            with pytest.raises(Refusal, match=r"access\.forbidden"):
                require("ledger.draft")


async def test_a_service_runs_as_its_provider(firm: TestFirm) -> None:
    """Core's work for a plugin, posting's trail and facts among it, is not held to the plugin's own declarations."""
    seen: list[Acting | None] = []

    class Noting(FirmClients):
        async def clients(self) -> Sequence[Client]:
            seen.append(acting_plugin())
            return await super().clients()

    guard = guarded(Clients, Noting(), None)
    async with acting(firm, "owner"):
        with calling("modest", "page /x"):
            await guard.clients()
            assert acting_plugin() is not None
            assert acting_plugin() == know(parse_manifest(MANIFEST.format(id="modest", uses="[]"), version="1"))
        assert acting_plugin() is None
    assert seen == [None]


async def test_core_calls_its_own_services_for_a_plugin_as_itself(firm: TestFirm) -> None:
    """The first entry of a firm's trail queues its sealing: core's job, in a call that a plugin made, in a transaction that it opened."""
    with in_scope(system_scope(firm.id)), calling("modest", "job x"):
        async with transaction():
            await use(Audit).record("modest.done", "modest:1")
            await use(Ledger).draft(sale(firm))
    async with scoped_transaction(system_scope(firm.id)):
        queued = await connection().fetch("select task_name from procrastinate_jobs")
    assert {row["task_name"] for row in queued} == {"core.seal_audit", "core.search_index", "core.tell"}


@pytest.mark.parametrize("protocol", CORE_SERVICES, ids=lambda p: p.__name__)
def test_every_method_of_every_service_says_what_it_needs(protocol: type[object]) -> None:
    assert [name for name, method in methods_of(protocol).items() if not hasattr(method, "__needs__")] == []


async def test_the_engine_asks(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        with calling("greedy", "page /x"):
            assert len(await ClientKey.select(ClientKey.name)) == 2
            with pytest.raises(NotDeclared):
                await ClientKey.raw("select * from core_session")
            with pytest.raises(NotDeclared):
                await ClientKey.raw("select 1 from {}", Unquoted("core_session"))
            with pytest.raises(NotDeclared):
                await ClientKey.raw("select 1 where {}", QueryString("exists (select 1 from core_session)"))
            with pytest.raises(NotDeclared):
                await ClientKey.select(ClientKey.id).batch()
            with pytest.raises(NotDeclared):
                await ClientKey.update({ClientKey.name: "x"}, force=True)
        assert await ClientKey.raw("select 1 from core_session") == []


async def test_failures_are_told_at_once_and_counted(firm: TestFirm, caplog: pytest.LogCaptureFixture) -> None:
    tallies_before = dict(tallies())
    assert ("greedy", "job x") not in tallies_before
    with caplog.at_level(logging.WARNING, "zhangfang.plugins"):
        for _ in range(3):
            with pytest.raises(ValueError, match="broken"), calling("greedy", "job x"):
                raise ValueError("broken")
        with pytest.raises(Refusal), calling("greedy", "job x"):
            raise Refusal("x.y", "不行。")
        with pytest.raises(ValueError, match="sk-1"), calling("greedy", "vendor x", silent=True):
            raise ValueError("sk-1")
    told = [record for record in caplog.records if "job x" in record.message]
    assert [record.exc_info is not None for record in told] == [True, False, False]
    assert "sk-1" not in caplog.text
    tally = tallies()["greedy", "job x"]
    assert (tally.calls, tally.failures) == (4, 3)
    assert acting_plugin() is None


async def test_tasks_and_threads_act_as_the_plugin_that_started_them() -> None:
    async def who() -> Acting | None:
        return acting_plugin()

    with calling("greedy", "page /x"):
        task = asyncio.create_task(who())
        thread = await asyncio.to_thread(acting_plugin)
    assert (await task) == thread
    assert thread is not None
    assert thread.plugin == "greedy"
