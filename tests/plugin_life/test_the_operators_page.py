"""The operator sees how far each plugin has come, and switches them for firms on those firms' trails."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.plugin_life.shelves import shelf_wheel
from zhangfang_core.database.engine import connection
from zhangfang_core.identity.set_up import make_operator
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.installing import install
from zhangfang_core.settings import Settings
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting


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
