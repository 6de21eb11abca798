"""What the database ends because it took too long is told as such, and leaves the portal whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
import httpx
import pytest
from litestar import Litestar

from zhangfang_core.database.engine import DB, REQUESTS, close_pool, connection, open_pool
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.web.errors import EXCEPTION_HANDLERS
from zhangfang_core.web.gate import Gate
from zhangfang_sdk.web import PORTAL, PUBLIC, page

QUICK = {
    "statement_timeout": "300ms",
    "lock_timeout": "100ms",
    "idle_in_transaction_session_timeout": "100ms",
    "transaction_timeout": "500ms",
}


@page("/statement", of=PORTAL, permission=PUBLIC)
async def statement() -> None:
    await connection().execute("select pg_sleep(2)")


@page("/lock", of=PORTAL, permission=PUBLIC)
async def lock() -> None:
    await connection().execute("select pg_advisory_xact_lock(7)")


@page("/idle", of=PORTAL, permission=PUBLIC)
async def idle() -> None:
    await asyncio.sleep(0.3)
    await connection().execute("select 1")


@page("/idle-at-the-end", of=PORTAL, permission=PUBLIC)
async def idle_at_the_end() -> dict[str, str]:
    await connection().execute("select pg_advisory_xact_lock(8)")
    await asyncio.sleep(0.3)
    return {"told": "that it was saved"}


@page("/long", of=PORTAL, permission=PUBLIC)
async def long() -> None:
    for _ in range(20):
        await connection().execute("select pg_sleep(0.05)")


@page("/half-read", of=PORTAL, permission=PUBLIC)
async def half_read() -> None:
    """The server's farewell has arrived and the end of the connection has not: a moment that is met by chance."""
    fields = b"SFATAL\0C57P01\0Mterminating connection\0\0"
    await connection().execute("select pg_advisory_xact_lock(9)")
    cast(Any, connection())._protocol.data_received(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
    await connection().execute("select 1")


@page("/quick", of=PORTAL, permission=PUBLIC)
async def quick() -> dict[str, str]:
    return {"status": "ok"}


@asynccontextmanager
async def held_lock(test_server: TestServer, database: str) -> AsyncIterator[None]:
    """Somebody else holds what ``/lock`` waits for."""
    other = await asyncpg.connect(test_server.superuser(database))
    try:
        await other.execute("select pg_advisory_lock(7)")
        yield
    finally:
        await other.close()


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("/statement", {"database.busy"}),
        ("/lock", {"database.busy"}),
        ("/idle", {"database.busy", "database.lost"}),
        ("/idle-at-the-end", {"database.busy", "database.lost"}),
        ("/long", {"database.busy", "database.lost"}),
        ("/half-read", {"database.lost"}),
    ],
)
async def test_answered_503(database: str, test_server: TestServer, path: str, codes: set[str]) -> None:
    """Nothing unknown is claimed, and the next request, on the same pool of one, is answered."""
    await close_pool()
    await open_pool(test_server.addresses(database).application, smallest=1, largest=2, limits=QUICK)
    app = Litestar(
        [statement, lock, idle, idle_at_the_end, long, half_read, quick],
        middleware=[Gate()],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
    )
    transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False)
    async with held_lock(test_server, database), httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        for _ in range(3):
            answer = await http.get(path)
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] in codes
            assert "操作没有保存" not in answer.text
            assert answer.headers["retry-after"] == "5"
        assert (await http.get("/quick")).json() == {"status": "ok"}


async def test_the_pool_has_the_limits(database: str) -> None:
    """A request's connections have them from the start."""
    async with DB.transaction():
        for name, value in REQUESTS.items():
            shown = await connection().fetchval("select current_setting($1)", name)
            assert shown in (value, {"60s": "1min"}.get(value))
