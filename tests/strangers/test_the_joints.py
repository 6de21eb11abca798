"""docs/joints.md to the letter: under 60 lines give a figure, a waiting list, a kind of notice and a search source, from a wheel, in a running portal."""

import asyncio
import re
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from zhangfang_core.database.engine import close_pool, open_pool
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.databases import TestServer, empty
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.processes import free_port, running, until_up
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, make_test_firm
from zhangfang_core.testing.wheels import build_wheel, install

PAGE = Path(__file__).parents[2] / "docs" / "joints.md"
FILES = dict(re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL))


def test_it_is_short() -> None:
    assert sum(bool(line.strip()) for text in FILES.values() for line in text.splitlines()) < 60


async def shows(visitor: Visitor, path: str, words: str, within_s: float = 20) -> None:
    """What a job writes is there soon."""
    deadline = time.monotonic() + within_s
    while words not in (page := (await visitor.get(path)).text):
        assert time.monotonic() < deadline, page
        await asyncio.sleep(0.2)


async def test_it_is_seen_where_others_own_the_page(test_server: TestServer, tmp_path: Path) -> None:
    for name, text in {**FILES, "zhangfang_shelf/__init__.py": ""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    folder, port = tmp_path / "installed", free_port()
    install(build_wheel(tmp_path, tmp_path, name="shelf", plugin="shelf", package="zhangfang_shelf"), folder)
    (tmp_path / "data").mkdir()
    async with empty(test_server) as database, AsyncExitStack() as stack:
        dsn = test_server.addresses(database).application
        settings = {
            "ZHANGFANG_DSN": dsn,
            "ZHANGFANG_OWNER_DSN": test_server.owner(database),
            "ZHANGFANG_DATA_DIR": str(tmp_path / "data"),
            "ZHANGFANG_PORT": str(port),
            "PYTHONPATH": str(folder),
        }
        web = await stack.enter_async_context(running("web", settings, tmp_path / "web.log"))
        await until_up(web, f"http://127.0.0.1:{port}")
        await open_pool(dsn)
        stack.push_async_callback(close_pool)
        firm = await make_test_firm("嘉喜")
        cookies = {COOKIE: await session_for(firm.owner)}
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", cookies=cookies))
        owner, at_client = Visitor(http, f"/f/{firm.id}"), Visitor(http, f"/f/{firm.id}/c/{firm.restaurant}")
        assert "本月文件" not in (await at_client.get("/cockpit")).text
        assert (await owner.post("/modules/shelf", on="1")).status_code == 303
        assert "本月文件" in (await at_client.get("/cockpit")).text
        assert "这个月存进来的文件个数" in (await at_client.get("/figures/shelf.stored")).text
        waiting = (await owner.ask("GET", "/waiting?whole=1", headers={"hx-request": "true"})).text
        assert waiting.count("还没结账") >= 2, "both clients"
        await stack.enter_async_context(running("worker", settings, tmp_path / "worker.log"))
        new = {"name": "新来的客户有限公司", "tax_id": "91330206MA2TEXT91M", "taxpayer_kind": "general", "industry": "trading"}
        assert (await owner.post("/clients/new", **new, books_start="2026-11")).status_code == 303
        await shows(owner, "/messages", "接了新客户 新来的客户有限公司")
        ran = await stack.enter_async_context(running("reindex", settings, tmp_path / "reindex.log"))
        assert await ran.process.wait() == 0, ran.said()
        found = (await owner.get(f"/search?q={RESTAURANT_TAX_ID}")).text
        assert f"税号 <mark>{RESTAURANT_TAX_ID}</mark>" in found
        assert "嘉喜餐饮有限公司 的账" in found
        assert "Traceback" not in web.said()
