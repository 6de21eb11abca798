"""Tasks: made by the firm, ticked by either side, seen by both, counted in the red dot and in what waits."""

import datetime as dt

import pytest

from zhangfang_collab import services
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.waiting import Urgency

MONTH = Period.current()


async def assigned(firm: TestFirm, title: str, days: int) -> int:
    async with acting(firm, "accountant"):
        return await services.assign(firm.restaurant, MONTH, title, "", today() + dt.timedelta(days=days))


@pytest.mark.parametrize("days", [-2, 0, 3, 4, 30])
async def test_urgency_follows_the_due_date(firm: TestFirm, days: int) -> None:
    await assigned(firm, "报税", days)
    async with acting(firm, "boss"):
        (task,) = await services.tasks(firm.restaurant, MONTH)
        (item,) = await services.waiting(5)
    assert task.urgency is Urgency.of(today() + dt.timedelta(days=days), today())
    assert (item.urgency, item.until) == (task.urgency, task.due_on)
    assert (task.urgency is Urgency.LATE) == (days < 0)


async def test_ticking_is_for_both_sides_and_once(firm: TestFirm) -> None:
    task = await assigned(firm, "报税", 1)
    for _ in range(2):
        async with acting(firm, "cashier", name="出纳小张"):
            await services.tick(task, done=True)
    async with acting(firm, "accountant"):
        (shown,) = await services.tasks(None, MONTH)
        assert (shown.urgency, shown.done_by) == (None, "出纳小张")
        assert await services.waiting(5) == []
        entries = await connection().fetchval("select count(*) from core_audit_entry where action = 'collab.tick'")
        assert entries == 1
        await services.tick(task, done=False)
        assert len(await services.waiting(5)) == 1


async def test_what_is_refused(firm: TestFirm, other_firm: TestFirm) -> None:
    task = await assigned(firm, "报税", 1)
    for title in ("", "  ", "长" * 121):
        async with acting(firm, "accountant"):
            with pytest.raises(Refusal, match=r"collab\.title_missing"):
                await services.assign(firm.restaurant, MONTH, title, "", today())
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await services.assign(firm.restaurant, MONTH, "x", "", today())
    async with acting(other_firm, "accountant"):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await services.tick(task, done=True)


async def test_people_of_a_client_see_their_own(firm: TestFirm) -> None:
    """Asked for all, and for somebody else's: the first wall adds its clients to every query."""
    async with acting(firm, "accountant"):
        await services.assign(firm.trading, MONTH, "别家的", "", today())
    async with acting(firm, "boss"):
        assert await services.tasks(None, MONTH) == []
        assert await services.tasks(firm.trading, MONTH) == []


async def test_what_waits_is_the_most_urgent_first_and_no_more_than_asked(firm: TestFirm) -> None:
    async with acting(firm, "boss"):
        assert await services.waiting(5) == []
    for number in reversed(range(6)):
        await assigned(firm, f"第{number}件", number)
    async with acting(firm, "boss"):
        assert [item.title for item in await services.waiting(5)] == [f"第{number}件" for number in range(5)]


async def test_the_demo_is_filled_once(firm: TestFirm) -> None:
    for _ in range(2):
        async with scoped_transaction(system_scope(firm.id)):
            await services.assign_demo_tasks(firm.restaurant)
    async with acting(firm, "owner"):
        assert len(await services.waiting(50)) == len(services.DEMO)


async def test_pages(firm: TestFirm, visit: Visit) -> None:
    owner, boss = await visit("owner"), await visit("boss")
    due = today().isoformat()
    assert (await owner.post("/tasks", title="报税", due_on="someday")).status_code == 422
    assert (await owner.post("/tasks", title="<b>报税</b>", note="", due_on=due)).status_code == 303
    page = await boss.get("/tasks")
    assert "&lt;b&gt;报税&lt;/b&gt;" in page.text
    async with acting(firm, "owner"):
        (task,) = await services.tasks(firm.restaurant, MONTH)
    assert (await boss.post("/tasks", title="x", due_on=due)).status_code == 403
    assert (await boss.get("/badges")).json()["tasks"] == 1
    assert (await boss.post(f"/tasks/{task.id}/tick", done="1")).status_code == 303
    assert (await boss.get("/badges")).json().get("tasks", 0) == 0
    assert (await boss.post("/tasks/999999/tick", done="1")).status_code == 404
    assert "嘉喜餐饮" in (await (await visit("admin", of_firm=True)).get("/tasks")).text
    assert (await (await visit("driver")).get("/tasks")).status_code == 403
