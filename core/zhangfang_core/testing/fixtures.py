"""pytest fixtures: ``pytest_plugins = ["zhangfang_core.testing.fixtures"]``."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import close_pool, open_pool
from zhangfang_core.services import provide_services
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.testing.databases import TestServer, fresh, prepare
from zhangfang_core.testing.tenants import TestFirm, make_test_firm


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def test_server() -> TestServer:
    provide_services()
    return await prepare()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a deployment in ``tmp_path``; the environment says the same."""
    monkeypatch.setenv("ZHANGFANG_DATA_DIR", str(tmp_path))
    return read_settings()


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
