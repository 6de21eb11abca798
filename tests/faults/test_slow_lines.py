"""Slow and silent lines hold nobody up: a real web process on loopback (PLAT-10)."""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest
import pytest_asyncio

from tests.faults.slow_lines import half_sent_form, line, lines, post, repeatedly, upload, wanted
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import session_for
from zhangfang_core.testing.processes import RunningPortal, running_processes
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.services import use

AT_ONCE = 70
SILENT_S = 10
HELD = """select count(*) from pg_stat_activity where datname = $1 and state like 'idle in transaction%'
    and now() - state_change > interval '500 ms'"""


@pytest_asyncio.fixture(loop_scope="session")
async def web(database: str, test_server: TestServer, tmp_path: Path) -> AsyncIterator[RunningPortal]:
    dsn = test_server.addresses(database).application
    settings = {"ZHANGFANG_REQUESTS_PER_ADDRESS": str(AT_ONCE)}
    async with running_processes(dsn, tmp_path, "web", settings=settings) as running:
        yield running


def restaurant_of(firm: TestFirm) -> str:
    """The client's place in addresses."""
    return f"/f/{firm.id}/c/{firm.restaurant}"


async def test_half_sent_forms_and_crawling_uploads(
    web: RunningPortal, firm: TestFirm, database: str, test_server: TestServer
) -> None:
    """40 and 20 at once: people are answered as before, and no session waits within a transaction."""
    token, place = await session_for(firm.owner), restaurant_of(firm)
    superuser = await asyncpg.connect(test_server.superuser(database))
    async with httpx.AsyncClient(base_url=web.address, cookies={COOKIE: token}, timeout=5) as person:

        async def ask() -> float:
            start = time.monotonic()
            for path in ("/healthz", f"/f/{firm.id}/people", f"{place}/tasks"):
                assert (await person.get(path)).status_code == 200
            assert await superuser.fetchval(HELD, database) == 0
            return time.monotonic() - start

        await ask()
        async with (
            lines(web.port, [half_sent_form()] * 40),
            lines(web.port, [upload(place, token)] * 20, crawl=True),
        ):
            times = await repeatedly(ask, 4)
    await superuser.close()
    assert max(times) < 2


async def test_silent_senders_and_stopped_readers_are_let_go(web: RunningPortal, firm: TestFirm) -> None:
    """An upload that falls silent ends 408 after 10 s; readers that stop give back their file and their place."""
    token = await session_for(firm.owner)
    async with acting(firm, "boss"):
        content = secrets.token_bytes(20_000_000)
        document = await use(Documents).store(firm.restaurant, "大.bin", "application/x-data", content)
    path = f"{restaurant_of(firm)}/documents/{document.id}/file"
    process = psutil.Process(web.pids[0])
    async with (
        lines(web.port, [wanted(path, token)] * (AT_ONCE - 1)),
        line(web.port, upload(restaurant_of(firm), token)) as (answer, _),
    ):
        began = time.monotonic()
        while not (held := stored_files(process)):
            await asyncio.sleep(0.05)
        assert len(held) <= AT_ONCE
        async with line(web.port, wanted("/healthz", token)) as (refused, _):
            assert await refused.readline() == b"HTTP/1.1 429 Too Many Requests\r\n"
            assert b"retry-after: 5\r\n" in await refused.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(SILENT_S + 3):
            assert await answer.readline() == b"HTTP/1.1 408 Request Timeout\r\n"
        assert time.monotonic() - began > SILENT_S - 1
        async with asyncio.timeout(5):
            while stored_files(process):
                await asyncio.sleep(0.1)
        async with line(web.port, wanted("/healthz", token)) as (welcome, _):
            assert await welcome.readline() == b"HTTP/1.1 200 OK\r\n"


async def test_what_cannot_be_is_answered_before_the_body_is_sent(web: RunningPortal, firm: TestFirm) -> None:
    """Of a large body, or of one whose length is not told."""
    owner, uploads = await session_for(firm.owner), f"{restaurant_of(firm)}/capture/uploads"
    for token, path, size, status in (
        ("", uploads, 5_000_000, 401),
        ("", uploads, None, 401),
        ("", "/sign-in", 300_000, 413),
        (owner, uploads, 500_000_000, 413),
        (owner, f"{uploads}/nobody", 5_000_000, 404),
        ("", f"/admin/{firm.id}/api/tables/core_client/", 5_000_000, 401),
    ):
        async with line(web.port, post(path, "multipart/form-data; boundary=x", size, token)) as (answer, _):
            async with asyncio.timeout(2):
                assert (await answer.readline()).split()[1] == str(status).encode(), path


def stored_files(process: psutil.Process) -> list[str]:
    return [file.path for file in process.open_files() if "/objects/" in file.path]


@pytest.mark.parametrize(("proxies", "seen"), [("", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.9")])
async def test_only_a_trusted_proxy_says_who_asks(
    database: str, firm: TestFirm, test_server: TestServer, tmp_path: Path, proxies: str, seen: str
) -> None:
    """X-Forwarded-For of anybody else is ignored; of what a proxy passes on, only what it added itself is believed."""
    dsn = test_server.addresses(database).application
    settings = {"ZHANGFANG_TRUSTED_PROXIES": proxies}
    headers = {"x-forwarded-for": "198.51.100.1, 203.0.113.9"}
    async with (
        running_processes(dsn, tmp_path, "web", settings=settings) as running,
        httpx.AsyncClient(base_url=running.address, headers=headers) as person,
    ):
        token = re.search(r'name="_csrf_token" value="([^"]+)"', (await person.get("/sign-in")).text)
        assert token
        form = {"login": "owner@嘉喜.example", "password": OWNER_PASSWORD, "_csrf_token": token[1]}
        assert (await person.post("/sign-in", data=form)).status_code == 303
    superuser = await asyncpg.connect(test_server.superuser(database))
    addresses = await superuser.fetch("select distinct address from core_session")
    await superuser.close()
    assert [row["address"] for row in addresses] == [seen]
