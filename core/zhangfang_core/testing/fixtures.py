"""pytest fixtures: ``pytest_plugins = ["zhangfang_core.testing.fixtures"]``."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.identity.roles import side_of
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.services import provide_services
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.testing.databases import TestServer, fresh, prepare
from zhangfang_core.testing.portal import Portal, Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, make_test_firm
from zhangfang_core.testing.words import refuse_nameless
from zhangfang_core.trail.action_names import action_names
from zhangfang_core.trail.audit import AuditTrail
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def test_server() -> TestServer:
    provide_services()
    return await prepare()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a deployment in ``tmp_path``; the environment says the same."""
    monkeypatch.setenv("ZHANGFANG_DATA_DIR", str(tmp_path))
    return read_settings()


@pytest.fixture(autouse=True)
def _words_on_the_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever any test does: what is put on the trail has words for its readers, in Chinese and in English."""
    record = AuditTrail.record

    async def checked(self: AuditTrail, action: str, subject: str, **facts: Any) -> None:
        if action in action_names():
            refuse_nameless(action, subject, facts.get("before"), facts.get("after"))
        await record(self, action, subject, **facts)

    monkeypatch.setattr(AuditTrail, "record", checked)


@pytest_asyncio.fixture(loop_scope="session")
async def database(test_server: TestServer, settings: Settings) -> AsyncIterator[str]:
    """The name of a fresh migrated database; the engine's pool is open as the application's role."""
    async with fresh(test_server) as name:
        await open_pool(test_server.addresses(name).application, smallest=1, largest=40)
        try:
            yield name
        finally:
            await close_pool()


@pytest_asyncio.fixture(loop_scope="session")
async def firm(database: str) -> TestFirm:
    return await make_test_firm("嘉喜")


@pytest_asyncio.fixture(loop_scope="session")
async def other_firm(database: str) -> TestFirm:
    return await make_test_firm("隔壁")


@pytest.fixture
def portal(settings: Settings, database: str) -> Portal:
    """The app in the test's own pool; nothing listens for what happens."""
    return Portal(create_app(settings))


Visit = Callable[..., Awaitable[Visitor]]


@pytest_asyncio.fixture(loop_scope="session")
async def visit(firm: TestFirm, settings: Settings, test_server: TestServer, database: str) -> AsyncIterator[Visit]:
    """``await visit("boss")``: the browser of somebody with that role, at the restaurant of ``firm``; ``of_firm`` at the firm's own pages."""
    addresses = test_server.addresses(database)
    chosen = replace(settings, dsn=addresses.application, owner_dsn=addresses.owner)
    async with AsyncExitStack() as stack:
        portal = await stack.enter_async_context(running_portal(chosen))

        async def visitor(role: str, *, of_firm: bool = False) -> Visitor:
            person = firm.owner
            if role != "owner":
                client = None if side_of(role) == "firm" else firm.restaurant
                async with scoped_transaction(system_scope(firm.id)):
                    person = await make_member(
                        login=f"{role}@visit", name=role, password=OWNER_PASSWORD, role=role, client=client
                    )
            place = f"/f/{firm.id}" if of_firm else f"/f/{firm.id}/c/{firm.restaurant}"
            return await stack.enter_async_context(portal.visitor(await session_for(person), place))

        yield visitor
