"""PLAT-10: the portal starts as docs/operating.md says: with what that page names in its environment, and nothing else."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from pathlib import Path

import asyncpg
import httpx
import pytest

from zhangfang_capture_ocr.services.uploads import receive
from zhangfang_core.database.engine import close_pool, connection, open_pool
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer, empty
from zhangfang_core.testing.portal import session_for
from zhangfang_core.testing.processes import Node, free_port, running, start, until_up
from zhangfang_core.testing.tenants import TestFirm, acting, make_test_firm

MIGRATIONS_OF_BOOKS = Path(__file__).parents[2] / "plugins" / "books" / "zhangfang_books" / "migrations"
NAMED = Path(__file__).parents[2] / "docs" / "operating.md"


class Sent:
    """A file as a request brings it; nobody can read it."""

    filename, content_type = "发票.pdf", "application/pdf"

    def __init__(self) -> None:
        self._data = BytesIO(b"%PDF-1.4 nothing")

    async def read(self, size: int = -1) -> bytes:
        return self._data.read(size)

    async def seek(self, offset: int) -> None:
        self._data.seek(offset)


class Nodes:
    """Processes on one outside database that share a data folder; each gets settings of its own beside those."""

    def __init__(self, stack: AsyncExitStack, folder: Path, common: Mapping[str, str]) -> None:
        self._stack, self._folder, self._common = stack, folder, common
        self._number = 0

    async def start(self, command: str, **settings: str) -> Node:
        self._number += 1
        environment = {**self._common, **settings}
        assert {name for name in environment if name not in NAMED.read_text("utf-8")} == set()
        return await self._stack.enter_async_context(
            running(command, environment, self._folder / f"{command}{self._number}.log")
        )


@asynccontextmanager
async def nodes(server: TestServer, database: str, folder: Path) -> AsyncIterator[Nodes]:
    common = {"ZHANGFANG_DSN": server.addresses(database).application, "ZHANGFANG_DATA_DIR": str(folder)}
    async with AsyncExitStack() as stack:
        yield Nodes(stack, folder, common)


async def test_two_of_each_on_an_empty_database(test_server: TestServer, settings: Settings, tmp_path: Path) -> None:
    """Those without the owner's address wait aloud; the one with it migrates; then all serve, and a job is done."""
    ports = [free_port(), free_port()]
    async with empty(test_server) as database, nodes(test_server, database, tmp_path) as start_node:
        waiting = [
            await start_node.start("worker"),
            await start_node.start("worker"),
            await start_node.start("web", ZHANGFANG_PORT=str(ports[0])),
        ]
        for node in waiting:
            await node.until_said("have not run; a node with ZHANGFANG_OWNER_DSN runs them, or `zhangfang migrate`")
        first = await start_node.start(
            "web", ZHANGFANG_PORT=str(ports[1]), ZHANGFANG_OWNER_DSN=test_server.owner(database)
        )
        webs = (waiting[2], first)
        for node, port in zip(webs, ports, strict=True):
            await until_up(node, f"http://127.0.0.1:{port}")
        for node in waiting:
            await node.until_said("going on after")
            assert "migrations that ran" not in node.said()
        assert re.search(r"migrations that ran: \d+ of core_identity", first.said())
        assert "38 of procrastinate" in first.said()
        for node in (*waiting, first):
            await node.until_said("plugins that run: archive 0.1.0")
            assert "plugins found: archive 0.1.0" in node.said()
            assert "Traceback" not in node.said()

        await open_pool(test_server.addresses(database).application)
        try:
            await pages_and_jobs(await make_test_firm("嘉喜"), ports)
        finally:
            await close_pool()


async def pages_and_jobs(firm: TestFirm, ports: list[int]) -> None:
    """A page that asks a plugin's table, on both nodes with one session, and a file that a worker looks at."""
    token = await session_for(firm.owner)
    async with httpx.AsyncClient(cookies={COOKIE: token}, headers={"accept": "text/html"}) as browser:
        for port in ports:
            answer = await browser.get(f"http://127.0.0.1:{port}/f/{firm.id}/c/{firm.restaurant}/tasks")
            assert answer.status_code == 200, answer.text
    async with acting(firm, "boss"):
        await receive([Sent()], purpose="", upload_key="starting-0001")
    waiting = "select count(*) from capture_ocr_item where state in ('queued', 'reading')"
    for _ in range(200):
        async with acting(firm, "boss"):
            if await connection().fetchval(waiting) == 0:
                return
            await connection().fetchval("select pg_sleep(0.1)")
    pytest.fail("no worker looked at the file")


async def test_migrate_by_itself(test_server: TestServer, tmp_path: Path) -> None:
    """``zhangfang migrate`` in a deployment's own step, and again: the second has nothing to do. Another program's setting misleads neither."""
    async with empty(test_server) as database:
        address = test_server.addresses(database)
        environment = {
            "ZHANGFANG_DSN": address.application,
            "ZHANGFANG_OWNER_DSN": test_server.owner(database),
            "PICCOLO_CONF": "another_program.piccolo_conf",
        }
        for turn, said in enumerate((r"\d+ of core_ledger", "none, the database is up to date")):
            node = await start("migrate", environment, tmp_path / f"migrate{turn}.log")
            assert await node.process.wait() == 0, node.said()
            assert re.search(said, node.said()), node.said()
        connection = await asyncpg.connect(address.application)
        try:
            ran = await connection.fetchval("select count(*) from migration where app_name = 'books'")
            assert ran == len(list(MIGRATIONS_OF_BOOKS.glob("books_*.py")))
        finally:
            await connection.close()


async def test_migrate_without_the_owner_is_refused_in_a_sentence(test_server: TestServer, tmp_path: Path) -> None:
    environment = {"ZHANGFANG_DSN": test_server.addresses(test_server.template).application}
    node = await start("migrate", environment, tmp_path / "migrate.log")
    assert await node.process.wait() == 1
    assert "ZHANGFANG_OWNER_DSN" in node.said()
    assert "Traceback" not in node.said()


@pytest.mark.parametrize("command", ["web", "worker"])
async def test_a_wrong_password_ends_the_start_in_a_sentence(
    test_server: TestServer, database: str, tmp_path: Path, command: str
) -> None:
    dsn = test_server.addresses(database).application.replace(test_server.passwords["zhangfang_app"], "wrong")
    environment = {"ZHANGFANG_DSN": dsn, "ZHANGFANG_PORT": str(free_port()), "ZHANGFANG_DATA_DIR": str(tmp_path)}
    node = await start(command, environment, tmp_path / "refused.log")
    assert await node.process.wait() == 1
    assert "数据库拒绝了连接" in node.said()
    assert "Traceback" not in node.said()


async def test_a_level_of_the_log_that_is_none_ends_the_start_in_a_sentence(tmp_path: Path) -> None:
    node = await start("worker", {"ZHANGFANG_LOG": "LOUD"}, tmp_path / "worker.log")
    assert await node.process.wait() == 1
    assert "ZHANGFANG_LOG='LOUD'" in node.said()
    assert "Traceback" not in node.said()


async def test_a_node_says_that_its_database_is_away(tmp_path: Path) -> None:
    """Not silent, and not gone: the database of a deployment may come up after its web nodes."""
    dsn = f"postgresql://zhangfang_app:x@127.0.0.1:{free_port()}/zhangfang"
    async with running("worker", {"ZHANGFANG_DSN": dsn}, tmp_path / "worker.log") as node:
        await node.until_said("the database does not answer", within_s=15)
        assert node.process.returncode is None
