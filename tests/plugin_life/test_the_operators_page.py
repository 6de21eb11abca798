"""The operator sees how far each plugin has come, and switches them for firms on those firms' trails."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.plugin_life.shelves import shelf_wheel
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_operator
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.plugin_life.folders import READ_FOR_S, PluginFolders
from zhangfang_core.plugin_life.installing import install
from zhangfang_core.plugin_life.steps import keep_step
from zhangfang_core.settings import Settings
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk.context import Scope


@pytest_asyncio.fixture(loop_scope="session")
async def operator(portal: Portal, database: str) -> AsyncIterator[Visitor]:
    person = await make_operator(login="operator", name="运维小王", password=OWNER_PASSWORD)
    async with portal.visitor(await session_for(person)) as visitor:
        yield visitor


async def switched(firm: TestFirm) -> tuple[bool, list[str]]:
    """Whether the marketplace is on, and who switched it, as the trail says."""
    async with acting(firm, "owner"):
        on = await connection().fetchval("select enabled from core_module_switch where firm = $1 and module = 'marketplace'", firm.id)
        rows = await connection().fetch(
            "select user_name from core_audit_entry where firm = $1 and subject = 'module:marketplace' order by id", firm.id
        )
        return bool(on), [row["user_name"] for row in rows]


async def test_switching_for_one_firm_and_for_all(operator: Visitor, firm: TestFirm, other_firm: TestFirm) -> None:
    before, _ = await switched(firm)
    assert before is True
    assert (await operator.post("/operator/plugins/marketplace", on="0", firm=str(firm.id))).status_code == 303
    assert await switched(firm) == (False, ["运维小王"])
    assert await switched(other_firm) == (True, [])
    assert "1 家公司已启用" in (await operator.get("/operator/plugins")).text
    assert (await operator.post("/operator/plugins/marketplace", on="0", firm="all")).status_code == 303
    assert (await operator.post("/operator/plugins/marketplace", on="1", firm="all")).status_code == 303
    assert await switched(firm) == (True, ["运维小王", "运维小王"])
    assert await switched(other_firm) == (True, ["运维小王", "运维小王"])


async def test_what_cannot_be_switched(operator: Visitor, firm: TestFirm) -> None:
    for form, code in (
        ({"on": "1", "firm": ""}, "plugin.choose_firm"),
        ({"on": "1", "firm": "99999"}, "plugin.no_such_firm"),
    ):
        answer = await operator.ask("POST", "/operator/plugins/books", form=form, headers={"accept": "application/json"})
        assert answer.json()["code"] == code
    answer = await operator.ask(
        "POST", "/operator/plugins/nothing", form={"on": "1", "firm": "all"}, headers={"accept": "application/json"}
    )
    assert answer.json()["code"] == "module.unknown"


async def test_what_waits_for_a_start_and_what_was_exported(
    operator: Visitor, firm: TestFirm, settings: Settings, tmp_path: Path
) -> None:
    folders = PluginFolders(settings.data_dir)
    install(folders, shelf_wheel(tmp_path), None)
    folders.exports.mkdir()
    (folders.exports / "paper-1.0-20260101-000000.zip").write_bytes(b"x")
    page = (await operator.get("/operator/plugins")).text
    assert "等待重新启动" in page
    assert "重新启动后用 1.0 版。" in page
    assert "paper-1.0-20260101-000000.zip" in page
    assert "没有公司启用" not in page.partition("shelf")[2].partition("</section>")[0]


async def test_what_came_back_waits_for_a_start(
    operator: Visitor, firm: TestFirm, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uninstalled and restored while a process runs: its code lies elsewhere, and its old one is gone."""
    monkeypatch.setattr("zhangfang_core.modules.leaving.is_there", lambda folder: "marketplace" not in str(folder))
    monkeypatch.setattr("zhangfang_core.modules.leaving.LOOKED_EVERY_S", -1)
    monkeypatch.setattr("zhangfang_core.modules.leaving._seen", (0.0, frozenset()))  # as it was, afterwards

    def told(page: str) -> str:
        return page.partition("增值服务")[2].partition("</section>")[0]

    assert "已卸载,重新启动后消失" in told((await operator.get("/operator/plugins")).text)
    monkeypatch.setattr(PluginFolders, "in_force", lambda self: {"marketplace": self.root})
    monkeypatch.setattr("zhangfang_core.plugin_life.pages.version_of", lambda folder, plugin: "0.1.0")
    page = told((await operator.get("/operator/plugins")).text)
    assert "已卸载" not in page
    assert "等待重新启动" in page
    assert "重新启动后用 0.1.0 版" in page
    assert 'name="on"' not in page
    async with acting(firm, "owner"):
        assert "marketplace" not in await enabled_modules()


async def test_what_was_done_is_told(operator: Visitor, firm: TestFirm) -> None:
    async with scoped_transaction(Scope(operator=True, staff=True)):
        await keep_step(connection(), "module.upgrade", "shelf", before="1.0", after={"version": "2.0"})
    page = (await operator.get("/operator/plugins")).text
    assert "模块换成另一版本 shelf" in page
    assert "1.0 → 2.0" in page


def test_versions_stay_as_long_as_a_node_may_read_them(tmp_path: Path) -> None:
    """Two upgrades before a restart leave the running version its templates."""
    folders = PluginFolders(tmp_path)
    with folders.locked():
        kept = [folders.keep(folders.incoming(), "shelf", version) for version in ("1.0", "2.0", "3.0", "4.0")]
        for one in kept[:3]:
            folders.put_in_force("shelf", one)
        assert all(one.is_dir() for one in kept)
        long_ago = time.time() - READ_FOR_S - 1
        os.utime(kept[0], (long_ago, long_ago))
        folders.put_in_force("shelf", kept[3])
        assert [one.is_dir() for one in kept] == [False, True, True, True]
        assert folders.current("shelf") == kept[3]
