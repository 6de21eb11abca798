"""The portal while its database is away, and after: a plain page, then everything as before, with no restart (PLAT-10)."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx
import pytest
import pytest_asyncio

from zhangfang_core.database import embedded
from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.database.roles import APPLICATION, OWNER, make_database, make_roles
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.modules.life import migrate
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, make_test_firm
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope

PASSWORD = "a long enough secret"
BACK_WITHIN_S = 5.0

Switch = Callable[[], Awaitable[None]]


@asynccontextmanager
async def portal(firm: TestFirm) -> AsyncIterator[httpx.AsyncClient]:
    """The whole portal in process, the restaurant's boss signed in."""
    async with scoped_transaction(system_scope(firm.id)):
        await make_member(
            login="boss@fault.example", name="李总", password=PASSWORD, role="boss", client=firm.restaurant
        )
    app = create_app(read_settings())
    transport = httpx.ASGITransport(app=cast(Any, app), raise_app_exceptions=False)
    headers = {"accept": "text/html"}
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as browser,
    ):
        token = re.search(r'name="_csrf_token" value="([^"]+)"', (await browser.get("/sign-in")).text)
        assert token
        form = {"login": "boss@fault.example", "password": PASSWORD, "_csrf_token": token[1], "next": "/me"}
        assert (await browser.post("/sign-in", data=form)).status_code == 303
        yield browser


async def away_and_back(browser: httpx.AsyncClient, go: Switch, come: Switch) -> None:
    assert (await browser.get("/me")).status_code == 200
    await go()
    for path in ("/me", "/f/1/c/1/cockpit", "/sign-in", "/healthz"):
        answer = await browser.get(path)
        assert (path, answer.status_code) == (path, 503)
        assert "暂时连不上数据库" in answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert "Traceback" not in answer.text
    problem = await browser.get("/me", headers={"accept": "application/json"})
    assert problem.status_code == 503
    assert problem.json()["code"] == "database.unreachable"
    together = await asyncio.gather(*(browser.get("/me") for _ in range(30)))
    assert {answer.status_code for answer in together} == {503}
    await come()
    start = time.monotonic()
    while (await browser.get("/me")).status_code != 200:
        assert time.monotonic() - start < BACK_WITHIN_S, "the portal did not find its database again"
        await asyncio.sleep(0.05)
    together = await asyncio.gather(*(browser.get("/me") for _ in range(30)))
    assert {answer.status_code for answer in together} == {200}


async def test_connections_ended_and_refused(
    database: str, firm: TestFirm, test_server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PLAT-10: the server runs, ends all connections and lets nobody in, as during a switch to the standby."""
    monkeypatch.setenv("ZHANGFANG_DSN", test_server.addresses(database).application)
    superuser = await asyncpg.connect(test_server.server.superuser_dsn)

    async def go() -> None:
        await superuser.execute(f'alter database "{database}" allow_connections false')
        await superuser.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", database
        )

    async def come() -> None:
        await superuser.execute(f'alter database "{database}" allow_connections true')

    try:
        async with portal(firm) as browser:
            await away_and_back(browser, go, come)
    finally:
        await superuser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def own_server(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    """A server that the test may stop, its pool open; the folder of its data."""
    folder = tmp_path / "postgres"
    server = embedded.ensure_running(folder, durable=False)
    try:
        await make_roles(server.superuser_dsn, PASSWORD, PASSWORD)
        await make_database(server.superuser_dsn, "fault")
        await migrate(server.dsn(OWNER, PASSWORD, "fault"))
        monkeypatch.setenv("ZHANGFANG_DSN", server.dsn(APPLICATION, PASSWORD, "fault"))
        await open_pool(server.dsn(APPLICATION, PASSWORD, "fault"))
        try:
            yield folder
        finally:
            await close_pool()
    finally:
        embedded.stop(folder)


@pytest.mark.usefixtures("test_server")
async def test_server_stopped(own_server: Path) -> None:
    """PLAT-10: no server at all, not even its socket; then it is started again."""

    async def go() -> None:
        await asyncio.to_thread(embedded.stop, own_server)

    async def come() -> None:
        await asyncio.to_thread(embedded.ensure_running, own_server, durable=False)

    async with portal(await make_test_firm("嘉喜")) as browser:
        await away_and_back(browser, go, come)
