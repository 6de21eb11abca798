"""The board: counts are those of the lists, by accountant and client; several at once; how long a client took before."""

import datetime as dt

from zhangfang_collab import board, listing, ticking
from zhangfang_collab.board import Chosen
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import Task
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting, somebody
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Side


async def due_in(firm: TestFirm, client: int, days: int, side: Side = Side.CLIENT) -> int:
    day = today() + dt.timedelta(days=days)
    async with acting(firm, "accountant"):
        return await ticking.assign(client, Period.of(day), f"第 {days} 天", "", day, side=side)


async def test_counts_are_those_of_the_lists(firm: TestFirm) -> None:
    for days in (-5, -1, 0, 3, 4):
        await due_in(firm, firm.restaurant, days)
    await due_in(firm, firm.trading, -2, Side.FIRM)
    done = await due_in(firm, firm.trading, -9)
    async with acting(firm, "accountant"):
        await ticking.tick(done, done=True)
        found = await board.board(Chosen())
        assert found.counts == {"late": 3, "soon": 2, "firm": 1, "client": 5, "": 6}
        for show, count in found.counts.items():
            assert len((await board.board(Chosen(show))).tasks) == count
        assert [t.title for t in found.tasks] == ["第 -5 天", "第 -2 天", "第 -1 天"]
        assert [t.client for t in (await board.board(Chosen("", client=firm.trading))).tasks] == [firm.trading]


async def test_of_one_accountant(firm: TestFirm) -> None:
    wang = await somebody(firm, "accountant")
    async with scoped_transaction(system_scope(firm.id)):
        await assign(wang, [firm.trading])
    await due_in(firm, firm.restaurant, -1)
    await due_in(firm, firm.trading, -1)
    async with acting(firm, "owner"):
        found = await board.board(Chosen("late", accountant=wang))
        assert ([t.client for t in found.tasks], found.counts["late"]) == ([firm.trading], 1)
        assert {c.person for c in found.colleagues} == {wang, firm.owner}
        assert [t.client for t in (await board.board(Chosen("late", accountant=firm.owner))).tasks] == [firm.restaurant], "given to nobody"


async def test_the_last_safe_day_comes_from_how_long_this_client_took(firm: TestFirm) -> None:
    task, wednesday = await due_in(firm, firm.restaurant, 20), dt.date(2026, 12, 16)
    async with acting(firm, "accountant"):
        await Task.update({Task.due_on: wednesday}).where(Task.id == task)
        shown = [await listing.one(task)]
        assert board.USUAL_DAYS == 3
        assert await board.last_safe_days(shown) == {task: dt.date(2026, 12, 11)}, "on Sunday nobody asks"
    for days in (1, 2, 2, 9, 30):
        before = await due_in(firm, firm.restaurant, 0)
        async with acting(firm, "accountant"):
            await Task.update({Task.asked_on: today() - dt.timedelta(days=days)}).where(Task.id == before)
        async with acting(firm, "boss"):
            await ticking.tick(before, done=True)
    async with acting(firm, "accountant"):
        assert await board.last_safe_days(shown) == {task: dt.date(2026, 12, 7)}


async def test_ten_at_once(firm: TestFirm, visit: Visit) -> None:
    boss = await visit("boss")
    owner = await visit("owner", of_firm=True)
    tasks = [await due_in(firm, firm.restaurant, days) for days in range(10)]
    assert (await owner.post("/tasks/board", do="remind")).status_code == 422
    answer = await owner.post("/tasks/board", do="remind", task=[f"{task}.0" for task in tasks])
    assert answer.status_code == 303
    async with acting(firm, "owner"):
        assert [len([e for e in await listing.trail(task) if e.kind == "reminded"]) for task in tasks] == [1] * 10
    page = (await owner.get("/tasks/board?show=soon")).text
    assert page.count('name="task"') == 4
    assert "该催了" in page
    assert "最晚" in (await owner.get("/tasks/board?show=")).text
    assert (await boss.get("/tasks/board")).status_code in (403, 404)


async def test_it_opens_on_the_first_list_that_has_something(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        assert (await board.board(Chosen())).chosen.show == ""
    await due_in(firm, firm.restaurant, 20, Side.FIRM)
    async with acting(firm, "owner"):
        assert (await board.board(Chosen())).chosen.show == "firm"
    await due_in(firm, firm.restaurant, 2)
    async with acting(firm, "owner"):
        assert (await board.board(Chosen())).chosen.show == "soon"
        found = await board.board(Chosen("soon", page=7))
        assert (found.chosen.page, len(found.tasks)) == (1, 1), "a page that is gone is the last"
        assert (await board.board(Chosen("late"))).tasks == [], "asked for, an empty list stays"


async def test_what_is_chosen_stays_after_reminding_and_ticking(firm: TestFirm, visit: Visit) -> None:
    task = await due_in(firm, firm.trading, 1)
    owner = await visit("owner", of_firm=True)
    kept = {"show": "soon", "client": str(firm.trading), "accountant": "", "number": "1"}
    page = (await owner.get(f"/tasks/board?show=soon&client={firm.trading}")).text
    assert f'name="client" value="{firm.trading}"' in page
    for do, told in (("remind", "told=0"), ("done", "done=1")):
        answer = await owner.post("/tasks/board", do=do, task=f"{task}.0", **kept)
        where = answer.headers["location"]
        assert f"show=soon&client={firm.trading}" in where
        assert told in where
        shown = await owner.get(where)
        assert shown.status_code == 200
    assert "已办好一步" in shown.text
    assert "嘉喜商贸" in shown.text, "whose tasks they are stands there though none is left"


async def test_of_several_it_is_said_how_many_were_not_reminded(firm: TestFirm, visit: Visit) -> None:
    """Of two clients one has nobody to tell: the accountant is not left to believe that both were told."""
    async with scoped_transaction(system_scope(firm.id)):
        await make_member(login="boss", name="李总", password=OWNER_PASSWORD, role="boss", client=firm.trading)
    tasks = [await due_in(firm, client, 1) for client in (firm.trading, firm.restaurant)]
    owner = await visit("owner", of_firm=True)
    assert (await owner.get("/tasks/board?show=soon")).text.count("客户那边还没有人") == 1
    answer = await owner.post("/tasks/board", do="remind", task=[f"{task}.0" for task in tasks], show="soon")
    page = (await owner.get(answer.headers["location"])).text
    assert "已提醒 1 项" in page
    assert "有 1 项没有发出提醒" in page


async def test_sent_twice_the_board_does_no_second_step(firm: TestFirm, visit: Visit) -> None:
    """A double press: the second one is for a step that is done."""
    owner = await visit("owner", of_firm=True)
    two = (Step("申报", Side.FIRM), Step("取回执", Side.FIRM))
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, Period.current(), two, title="申报", note="", due_on=today())
    assert f'name="task" value="{task}.0"' in (await owner.get("/tasks/board?show=")).text
    for told, words in (("done=1", "1 项已办好一步"), ("done=0", "有 1 项没有再改")):
        answer = await owner.post("/tasks/board", do="done", task=f"{task}.0", show="")
        assert told in answer.headers["location"]
        assert words in (await owner.get(answer.headers["location"])).text
    async with acting(firm, "accountant"):
        assert [step.done_at is None for step in (await listing.one(task)).steps] == [False, True]
    for do, wrong in (("done", str(task)), ("done", f"{task}."), ("done", f"{task}.x"), ("done", ".0"), ("shout", f"{task}.1")):
        assert (await owner.post("/tasks/board", do=do, task=wrong)).status_code == 422
