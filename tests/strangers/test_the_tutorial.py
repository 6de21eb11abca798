"""docs/writing_a_plugin.md and docs/testing_a_plugin.md are followed to the letter: each block is run, and the plugin is used."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from tests.authoring.pages_followed import DOCS, blocks, put
from zhangfang_core.database.engine import close_pool, open_pool
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.databases import TestServer, fresh
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.processes import free_port, running, until_up
from zhangfang_core.testing.tenants import make_test_firm

ROOT = DOCS.parent


class Shell:
    """A terminal in which blocks are typed one after the other: what one exports and where it goes to, the next one finds."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = {**os.environ, **environment}

    def run(self, block: str) -> None:
        """Raises AssertionError with what was said when a command fails."""
        ran = subprocess.run(  # noqa: S603  # our own page
            ["/bin/bash", "-euo", "pipefail", "-c", f'{block}\nprintf "\\n%s\\n%s" "$PWD" "$PATH"'],
            cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=400,
        )  # fmt: skip
        assert ran.returncode == 0, f"{block}\n{ran.stdout}\n{ran.stderr}"
        *_, folder, path = ran.stdout.splitlines()
        self.folder, self._environment["PATH"] = Path(folder), path


def follow(page: str, shell: Shell) -> None:
    for block in blocks(page):
        if block.path:
            put(block, shell.folder)
        else:
            shell.run(block.text)


async def test_it_is_followed_and_the_plugin_is_used(test_server: TestServer, tmp_path: Path) -> None:
    """From the command that writes it to a firm that has it on, in a deployment whose processes were started after it."""
    async with fresh(test_server) as database, AsyncExitStack() as stack:
        addresses = test_server.addresses(database)
        await open_pool(addresses.application)
        stack.push_async_callback(close_pool)
        firm = await make_test_firm("嘉喜")
        port = free_port()
        settings = {
            "ZHANGFANG_DSN": addresses.application,
            "ZHANGFANG_OWNER_DSN": test_server.owner(database),
            "ZHANGFANG_DATA_DIR": str(tmp_path / "data"),
            "ZHANGFANG_PORT": str(port),
        }
        (tmp_path / "data").mkdir()
        shell = Shell(tmp_path, {**settings, "PORTAL": str(ROOT), "UV_OFFLINE": "1"})
        await asyncio.to_thread(follow, "writing_a_plugin.md", shell)
        address = f"http://127.0.0.1:{port}"
        web = await stack.enter_async_context(running("web", settings, tmp_path / "web.log"))
        await until_up(web, address)
        assert "notes 0.1.0" in web.said().partition("plugins that run: ")[2]
        token = await session_for(firm.owner)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, cookies={COOKIE: token}))
        owner, of_firm = Visitor(http, f"/f/{firm.id}/c/{firm.restaurant}"), Visitor(http, f"/f/{firm.id}")
        assert "这里还没有内容" in (await owner.get("/notes")).text
        assert (await owner.post("/notes", words="  ")).status_code == 422
        assert (await owner.post("/notes", words="<b>请补发票</b>")).status_code == 303
        assert "&lt;b&gt;请补发票&lt;/b&gt;" in (await owner.get("/notes")).text
        assert "嘉喜餐饮" in (await of_firm.get("/notes")).text
        assert (await owner.get("/badges")).json()["my-notes"] == 1
        assert "Traceback" not in web.said()


def test_the_page_of_tests_is_followed(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"PORTAL": str(ROOT)})
    shell.run(blocks("writing_a_plugin.md")[0].text.replace("pytest -q\n", ""))
    follow("testing_a_plugin.md", shell)
