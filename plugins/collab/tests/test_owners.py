"""Every task has an owner on both sides who can do it: found when it is made, shown and filtered on the board, replaced when they leave."""

import datetime as dt

import pytest

from zhangfang_collab import board, letters, listing, making, owners, templates, ticking
from zhangfang_collab.board import Chosen
from zhangfang_collab.due_dates import Due, DueRule
from zhangfang_collab.letters import Letter
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import Task
from zhangfang_collab.templates import TypedTemplate
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Side, Tasks, TaskWanted

DECEMBER = Period(2026, 12)


async def member(firm: TestFirm, role: str, name: str, client: int | None = None, *, clients: tuple[int, ...] = ()) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        made = await make_member(login=name, name=name, password=OWNER_PASSWORD, role=role, client=client)
        if clients:
            await assign(made, clients)
    return made


async def made(firm: TestFirm) -> None:
    with in_scope(system_scope(firm.id)):
        await making.make_everywhere(DECEMBER)


async def of(firm: TestFirm, client: int) -> dict[str, tuple[int | None, int | None]]:
    async with acting(firm, "accountant"):
        rows = await Task.objects().where(Task.client == client)
    return {row.template: (row.owner_firm, row.owner_client) for row in rows}


async def test_the_month_s_list_names_who_looks_after_the_client_and_the_boss(firm: TestFirm) -> None:
    wang = await member(firm, "accountant", "王会计", clients=(firm.trading,))
    await member(firm, "reviewer", "艾审核", clients=(firm.trading,))
    await member(firm, "cashier", "陈出纳", firm.trading)
    boss = await member(firm, "boss", "李总", firm.trading)
    await member(firm, "driver", "阿司机", firm.restaurant)
    await made(firm)
    assert set((await of(firm, firm.trading)).values()) == {(wang, boss)}
    assert set((await of(firm, firm.restaurant)).values()) == {(firm.owner, None)}, "given to nobody; a driver can do no task"


async def test_the_template_may_name_the_cashier(firm: TestFirm) -> None:
    cashier = await member(firm, "cashier", "陈出纳", firm.trading)
    boss = await member(firm, "boss", "李总", firm.trading)
    alone = await member(firm, "boss", "赵总", firm.restaurant)
    async with acting(firm, "owner"):
        typed = TypedTemplate("交流水", [Step("交流水", Side.CLIENT)], Due(DueRule.DAY, 5), owner_role="cashier")
        await templates.save(None, typed)
        with pytest.raises(Refusal, match=r"collab\.template_wrong"):
            await templates.save(None, TypedTemplate("交表", [Step("交表", Side.CLIENT)], Due(DueRule.DAY, 5), owner_role="driver"))
    await made(firm)
    found = await of(firm, firm.trading)
    (key,) = found.keys() - (await of_presets())
    assert (found[key][1], found["payroll"][1]) == (cashier, boss)
    assert (await of(firm, firm.restaurant))[key][1] == alone, "without a cashier the boss"
    async with acting(firm, "owner"):
        row = await Task.objects().where(Task.template == key, Task.client == firm.trading).first()
        assert row is not None
        await owners.give(row.id, Side.CLIENT, boss)
        await owners.give(row.id, Side.CLIENT, None)
        assert (await listing.one(row.id)).owners[Side.CLIENT] == cashier


async def of_presets() -> set[str]:
    return {template.key for template in templates.defaults()}


async def test_by_hand_and_by_other_plugins_too(firm: TestFirm) -> None:
    wang = await member(firm, "accountant", "王会计", clients=(firm.trading,))
    boss = await member(firm, "boss", "李总", firm.trading)
    async with acting(firm, "owner"):
        by_hand = await ticking.assign(firm.trading, DECEMBER, "交合同", "", today())
        wanted = TaskWanted("rules:1", firm.trading, "说明原因", Side.CLIENT, today())
        by_rule = await use(Tasks).ensure(wanted)
        assert await use(Tasks).ensure(wanted) == by_rule
        for task in (by_hand, by_rule):
            assert (await listing.one(task)).owners == {Side.FIRM: wang, Side.CLIENT: boss}
        assert len(await listing.trail(by_rule)) == 1, "told again it is the same"


async def test_a_letter_that_the_client_hands_in_gets_its_owners_and_who_has_left_is_replaced(firm: TestFirm) -> None:
    """The client's people do not see who is who at the firm: the firm's job names them."""
    wang = await member(firm, "accountant", "王会计", clients=(firm.restaurant,))
    boss = await member(firm, "boss", "李总", firm.restaurant)
    async with acting(firm, "boss", client=firm.restaurant):
        task = await letters.hand_in(firm.restaurant, Letter("notice", today()), "letter.jpg", "image/jpeg", b"a letter")
        queued = await connection().fetchval("select count(*) from procrastinate_jobs where task_name = 'collab.owners'")
    assert queued == 1
    with in_scope(system_scope(firm.id)):
        await owners.name_owners()
    async with acting(firm, "owner"):
        assert (await listing.one(task)).owners == {Side.FIRM: wang, Side.CLIENT: boss}
    li = await member(firm, "accountant", "李会计", clients=(firm.restaurant,))
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("""update core_membership set active = false where "user" = any($1::bigint[])""", [wang, boss])
    with in_scope(system_scope(firm.id)):
        await owners.name_owners()
    async with acting(firm, "owner"):
        assert (await listing.one(task)).owners == {Side.FIRM: li}


async def test_a_driver_is_not_offered(firm: TestFirm, visit: Visit) -> None:
    driver = await member(firm, "driver", "阿司机", firm.restaurant)
    await member(firm, "boss", "李总", firm.restaurant)
    async with acting(firm, "owner"):
        task = await ticking.assign(firm.restaurant, DECEMBER, "交合同", "", today())
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await owners.give(task, Side.CLIENT, driver)
    owner = await visit("owner")
    page = (await owner.get(f"/tasks/{task}")).text
    assert "按分工(李总)" in page
    assert "阿司机" not in page


async def test_the_client_s_people_see_who_has_it_on_both_sides(firm: TestFirm, visit: Visit) -> None:
    await member(firm, "accountant", "王会计", clients=(firm.restaurant,))
    await member(firm, "boss", "李总", firm.restaurant)
    async with acting(firm, "owner"):
        task = await ticking.assign(firm.restaurant, DECEMBER, "交合同", "", today())
    page = (await (await visit("cashier")).get(f"/tasks/{task}")).text
    assert "<dt>会计负责人</dt><dd>王会计</dd>" in page
    assert "<dt>您这边负责人</dt><dd>李总</dd>" in page


async def test_the_board_shows_both_and_is_narrowed_by_each(firm: TestFirm, visit: Visit) -> None:
    wang = await member(firm, "accountant", "王会计", clients=(firm.trading,))
    boss = await member(firm, "boss", "李总", firm.trading)
    day = today() + dt.timedelta(days=1)
    async with acting(firm, "owner"):
        for client in (firm.trading, firm.restaurant):
            await ticking.assign(client, DECEMBER, "交合同", "", day)
        for chosen in (Chosen("", accountant=wang), Chosen("", person=boss)):
            found = await board.board(chosen)
            assert ([t.client for t in found.tasks], found.counts[""]) == ([firm.trading], 1)
            assert found.owners[wang] == "王会计"
    owner = await visit("owner", of_firm=True)
    page = (await owner.get(f"/tasks/board?show=&person={boss}")).text
    assert "李总" in page
    assert f"accountant={wang}" in page
    assert page.count('name="task"') == 1
