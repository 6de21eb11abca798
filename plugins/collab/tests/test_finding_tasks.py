"""Tasks in the search index, and what becomes of a module's things when it is switched off and on."""

import datetime as dt

from zhangfang_collab.ticking import assign, tick
from zhangfang_core.database.engine import connection
from zhangfang_core.modules.switches import switch
from zhangfang_core.search.writing import build_missing, missing
from zhangfang_core.testing.indexing import built, indexed
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.periods import Period
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

DAY = dt.date(2026, 11, 3)


async def test_a_task_is_found_as_it_is_now(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        task = await assign(firm.restaurant, Period.of(DAY), "提供银行对账单", "网银下载", DAY)
    await indexed(firm.id)
    async with acting(firm, "boss", name="李总"):
        (hit,) = (await use(Search).find("网银 2026-11-03")).hits
        assert hit.address == f"/f/{firm.id}/c/{firm.restaurant}/tasks/{task}"
        assert (await use(Search).find("李总")).hits == ()
        await tick(task, done=True)
    await indexed(firm.id)
    async with acting(firm, "accountant"):
        assert [hit.id for hit in (await use(Search).find("李总")).hits] == [task]
    async with acting(firm, "driver"):
        assert (await use(Search).find("网银")).hits == ()


async def test_a_plugin_that_is_off(firm: TestFirm) -> None:
    """Its things are not found and not asked for; when it is on again, all of them are written anew."""
    async with acting(firm, "accountant"):
        await assign(firm.restaurant, Period.current(), "补交流水", "", DAY)
    await indexed(firm.id)
    await built(firm.id)
    async with acting(firm, "owner"):
        assert len((await use(Search).find("补交流水")).hits) == 1
        await switch("collab", on=False)
        assert (await use(Search).find("补交流水")).hits == ()
        use(Search).changed("collab.tasks", [1])
    await indexed(firm.id)
    async with acting(firm, "owner"):
        await connection().execute("delete from core_search_item where kind = 'collab.tasks'")
        await switch("collab", on=True)
        assert await missing() == ["collab.tasks"]
    with in_scope(system_scope(firm.id)):
        await build_missing()
    async with acting(firm, "owner"):
        queued = await connection().fetch("select args from procrastinate_jobs where task_name = 'core.search_build'")
        assert len(queued) == 1
    await built(firm.id)
    async with acting(firm, "owner"):
        assert len((await use(Search).find("补交流水")).hits) == 1
