"""``zhangfang plugin dev``: a portal with the plugin on, which follows what is saved, and outlives what is broken."""

import asyncio
import datetime as dt
import os
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from zhangfang_core.authoring.developing import Watch
from zhangfang_core.database.engine import close_pool, open_pool
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.databases import TestServer, fresh
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.processes import free_port, running, until_up
from zhangfang_core.testing.tenants import make_test_firm
from zhangfang_sdk.authoring.scaffold import new_plugin

AT = dt.datetime(2026, 11, 27, 4, 0, tzinfo=dt.UTC)


async def shows(visitor: Visitor, status: int, words: str = "") -> None:
    """Until the page answers so; raises AssertionError with what it answered last."""
    said = ""
    for _ in range(int(in_time(40) / 0.2)):
        try:
            page = await visitor.get("/notes")
        except httpx.TransportError as error:
            said = repr(error)
        else:
            said = f"{page.status_code}: {page.text[:2000]}"
            if page.status_code == status and words in page.text:
                return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{status} with {words!r} was not answered, but {said}")


async def test_what_is_saved_is_what_runs(test_server: TestServer, tmp_path: Path) -> None:
    """With the database of another server, which keeps the test short; the demo is marked as filled."""
    folder = new_plugin("notes", tmp_path, title="便签", english="Notes", at=AT)
    template = folder / "zhangfang_notes" / "templates" / "notes" / "list.html"
    tables = folder / "zhangfang_notes" / "tables.py"
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with fresh(test_server) as database, AsyncExitStack() as stack:
        await open_pool(test_server.addresses(database).application)
        stack.push_async_callback(close_pool)
        firm = await make_test_firm("嘉喜")
        (folder / "var").mkdir()
        (folder / "var" / "demo.done").touch()
        settings = {
            "ZHANGFANG_DSN": test_server.addresses(database).application,
            "ZHANGFANG_OWNER_DSN": test_server.owner(database),
            "ZHANGFANG_PORT": str(port),
        }
        dev = await stack.enter_async_context(running(("plugin", "dev", str(folder)), settings, tmp_path / "dev.log"))
        await until_up(dev, address, within_s=in_time(40))
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=address, cookies={COOKIE: await session_for(firm.owner)})
        )
        owner = Visitor(http, f"/f/{firm.id}/c/{firm.restaurant}")
        await shows(owner, 200, "这里还没有内容")
        template.write_text(template.read_text("utf-8").replace("这里还没有内容", "还没有人写过"), "utf-8")
        await shows(owner, 200, "还没有人写过")
        right = tables.read_text("utf-8")
        tables.write_text(right + "\nthis is no Python\n", "utf-8")
        await shows(owner, 404)
        tables.write_text(right, "utf-8")
        await shows(owner, 200, "还没有人写过")
        assert "notes 有改动, 正在重新启动" in dev.said()
        assert not (folder / "var" / "postgres").exists()


def test_a_watch_sees_what_was_saved_made_and_removed(tmp_path: Path) -> None:
    def changed() -> bool:
        watch._looked = 0.0
        return watch.changed()

    (tmp_path / "package").mkdir()
    (tmp_path / "var").mkdir()
    one = tmp_path / "package" / "one.py"
    one.write_text("1", "utf-8")
    watch = Watch(tmp_path)
    assert not changed()
    one.write_text("12", "utf-8")
    assert changed()
    assert not changed()
    os.utime(one, ns=(1, 1))
    assert changed()
    two = tmp_path / "package" / "two.html"
    two.write_text("", "utf-8")
    assert changed()
    two.unlink()
    assert changed()
    for unseen in ("var/data", ".hidden", "package/__pycache__"):
        (tmp_path / unseen).mkdir()
        (tmp_path / unseen / "file.py").write_text("", "utf-8")
    assert not changed()
