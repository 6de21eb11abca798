"""A stranger's plugin from its wheel to the file that it comes back from: by the commands, with real processes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from tests.plugin_life.shelves import Deployment, coloured_wheel, deployed, shelf_wheel
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.processes import free_port, running, until_up


@asynccontextmanager
async def portal(place: Deployment) -> AsyncIterator[Visitor]:
    """A fresh web process, and the owner's browser at a client's place."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(
            running("web", {**place.settings, "ZHANGFANG_PORT": str(port)}, place.folder / f"web{port}.log")
        )
        await until_up(web, address)
        cookies = {COOKIE: await session_for(place.firm.owner)}
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, cookies=cookies))
        yield Visitor(http, f"/f/{place.firm.id}/c/{place.firm.restaurant}")
        assert "Traceback" not in web.said()


async def test_from_wheel_to_export_and_back(test_server: TestServer, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    async with deployed(test_server, tmp_path / "data") as place:
        firm = str(place.firm.id)
        assert "已安装 shelf 1.0" in await place.plugin("install", str(shelf_wheel(tmp_path)))
        async with portal(place) as owner:
            assert (await owner.get("/shelf")).status_code == 404  # off for every firm
            assert "已对 1 家公司启用 shelf" in await place.plugin("enable", "shelf", "--firm", firm)
            assert (await owner.get("/shelf")).json() == {"version": "1.0", "papers": 0}
            await place.fill(rows=2000, files=20)
            assert (await owner.get("/shelf")).json() == {"version": "1.0", "papers": 2000}
            assert (await owner.post("/shelf/box/乙")).status_code == 200
            assert "1 家公司已启用" in await place.plugin("list")

            # A node takes the new version at its own start; one that runs goes on with the old one beside the newer tables.
            assert "shelf 已从 1.0 换成 2.0" in await place.plugin("upgrade", str(coloured_wheel(tmp_path)))
            async with portal(place) as at_another_node:
                assert (await at_another_node.get("/shelf")).json() == {"version": "2.0", "papers": 2000}
                assert (await owner.get("/shelf")).json() == {"version": "1.0", "papers": 2000}
                assert (await owner.post("/shelf/box/丙")).status_code == 200

            assert "已对 1 家公司停用 shelf" in await place.plugin("disable", "shelf", "--all")
            assert (await owner.get("/shelf")).status_code == 404
            await place.plugin("enable", "shelf", "--all")

            before, waiting = await place.contents(), await place.waiting()
            told = await place.plugin("uninstall", "shelf", "--rehearse")
            assert "数据表 shelf_paper: 2000 行" in told
            assert "等待办理的后台任务: 2 项" in told
            assert "用到 20 个客户文件" in told
            assert "shelf_paper" not in await place.plugin("uninstall", "nothing_here", status=1)
            assert "plugin.not_named" in await place.plugin("uninstall", "shelf", "--named", "shelv", status=1)
            assert await place.contents() == before
            assert "已卸载 shelf" in await place.plugin("uninstall", "shelf", "--named", "shelf")
            # What still runs has it off, and nobody can switch it on there.
            assert (await owner.get("/shelf")).status_code == 404
            refused = await Visitor(owner.http, f"/f/{firm}").post("/modules/shelf", on="1")
            assert refused.status_code == 409
            assert "已卸载" in refused.text
            await place.require_gone()
            (export,) = (place.folder / "plugin_exports").iterdir()
            assert f"已导出: {export}" in await place.plugin("list")
            assert "none, the database is up to date" in await place.migrate()
            assert "plugin.no_such_file" in await place.plugin("install", "--from-export", f"{export}x", status=1)
            back = await place.plugin("install", "--from-export", str(export))
            assert "2003 行" in back
            assert "还没办的 2 项后台任务接着办" in back
            assert await place.contents() == before
            assert await place.waiting() == waiting
            # Its code is another folder's now: this process finds it at its next start, and says until then that it is off.
            assert (await owner.get("/shelf")).status_code == 404
        async with portal(place) as owner:
            assert (await owner.get("/shelf")).json() == {"version": "2.0", "papers": 2000}
            assert (await owner.post("/shelf/box/丁")).status_code == 200
            steps = await place.fetch("select action from core_audit_entry where firm = 0 order by id")
            trail = (await Visitor(owner.http, f"/f/{firm}").get("/audit")).text
        for action in ("启用模块", "停用模块", "卸载模块,数据已导出", "装回模块和它的数据"):
            assert action in trail
        # The operator's own trail has what was done for all of them.
        assert [row["action"] for row in steps] == [f"module.{step}" for step in ("install", "upgrade", "uninstall", "restore")]
