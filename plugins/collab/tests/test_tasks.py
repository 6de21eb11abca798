"""Tasks: made by the firm, done step by step by either side, seen by both, counted in the red dot and in what waits."""

import asyncio
import datetime as dt
import re

import pytest

from zhangfang_collab import listing, ticking
from zhangfang_collab.keeping import for_change
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import ArrivalRow, Task
from zhangfang_collab.waiting import waiting
from zhangfang_core.database.engine import connection
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import AskedFor, Side
from zhangfang_sdk.waiting import Urgency

MONTH = Period.current()
BOTH = (Step("核对", Side.CLIENT), Step("申报", Side.FIRM))


async def assigned(firm: TestFirm, title: str, days: int) -> int:
    async with acting(firm, "accountant"):
        day = today() + dt.timedelta(days=days)
        return await ticking.assign(firm.restaurant, Period.of(day), title, "", day)


@pytest.mark.parametrize("days", [-2, 0, 3, 4, 30])
async def test_urgency_follows_the_due_date(firm: TestFirm, days: int) -> None:
    id_, due_on = await assigned(firm, "报税", days), today() + dt.timedelta(days=days)
    async with acting(firm, "boss"):
        task = await listing.one(id_)
        (item,) = await waiting(5)
    assert task.urgency is Urgency.of(due_on, today())
    assert (item.urgency, item.until, item.path) == (task.urgency, due_on, f"/tasks/{id_}")
    assert (task.urgency is Urgency.LATE) == (days < 0)


async def test_ticking_is_for_both_sides_and_once(firm: TestFirm) -> None:
    task = await assigned(firm, "报税", 1)
    for _ in range(2):
        async with acting(firm, "cashier", name="出纳小张"):
            await ticking.tick(task, done=True)
    async with acting(firm, "boss"):
        shown = await listing.one(task)
        assert (shown.urgency, shown.done_by) == (None, "出纳小张")
        assert await waiting(5) == []
        await ticking.tick(task, done=False)
        (item,) = await waiting(5)
        assert "测试人员撤回" in item.note
        assert [e.kind for e in await listing.trail(task)] == ["opened", "ticked", "made"]
    async with acting(firm, "owner"):
        entries = await connection().fetchval("select count(*) from core_audit_entry where action = 'collab.tick'")
        assert entries == 1


async def test_the_turn_goes_from_side_to_side(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, MONTH, BOTH, title="年报", note="", due_on=today())
        assert await waiting(5) == []
    async with acting(firm, "boss"):
        assert len(await waiting(5)) == 1
        with pytest.raises(Refusal, match=r"collab\.not_your_step"):
            await ticking.tick_step(task, 1)
        await ticking.tick_step(task, 0)
        assert await waiting(5) == []
    async with acting(firm, "accountant"):
        assert len(await waiting(5)) == 1
        await ticking.tick(task, done=True)
        assert (await listing.one(task)).turn is None
        await ticking.untick(task, 0)
        shown = await listing.one(task)
    assert (shown.turn, [step.done_at for step in shown.steps]) == (Side.CLIENT, [None, None]), "what stood on it too"


async def test_what_is_refused(firm: TestFirm, other_firm: TestFirm) -> None:
    task = await assigned(firm, "报税", 1)
    for title in ("", "  ", "长" * 121):
        async with acting(firm, "accountant"):
            with pytest.raises(Refusal, match=r"collab\.title_missing"):
                await ticking.assign(firm.restaurant, MONTH, title, "", today())
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await ticking.assign(firm.restaurant, MONTH, "x", "", today())
        with pytest.raises(Refusal, match=r"collab\.step_missing"):
            await ticking.tick_step(task, 7)
    async with acting(other_firm, "accountant"):
        for ask in (ticking.tick(task, done=True), ticking.comment(task, "x"), listing.one(task)):
            with pytest.raises(Refusal, match=r"common\.not_found"):
                await ask


async def test_a_comment_that_is_sent_twice_is_one(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    task = await assigned(firm, "报税", 1)

    async def said(name: str, words: str) -> None:
        async with acting(firm, "boss", name=name):
            await ticking.comment(task, words)

    await asyncio.gather(said("李总", "下午给"), said("李总", "下午给"))
    await said("出纳小张", "下午给")
    await said("李总", "好")
    monkeypatch.setattr(ticking, "SENT_TWICE", dt.timedelta())
    await said("李总", "好")
    async with acting(firm, "boss"):
        words = [e.words for e in await listing.trail(task) if e.kind == "comment"]
    assert words == ["好", "好", "下午给", "下午给"]


async def test_a_task_that_is_done_is_locked(firm: TestFirm) -> None:
    task = await assigned(firm, "报税", 1)
    async with acting(firm, "boss"):
        await ticking.comment(task, "下午给")
        await ticking.tick(task, done=True)
    for ask in (lambda: ticking.comment(task, "还有"), lambda: ticking.attach(task, "a.txt", "text/plain", b"a")):
        async with acting(firm, "accountant"):
            with pytest.raises(Refusal, match=r"collab\.locked"):
                await ask()
    async with acting(firm, "accountant"):
        assert [e.words for e in await listing.trail(task) if e.kind == "comment"] == ["下午给"]


async def test_an_answer_and_a_file_close_what_asks_for_them(firm: TestFirm) -> None:
    made = {}
    async with acting(firm, "accountant"):
        for asks in (AskedFor.ANSWER, AskedFor.DOCUMENT):
            made[asks] = await ticking.assign(firm.restaurant, MONTH, "请说明", "", today(), asks=asks)
    for asks, code in ((AskedFor.ANSWER, "answer_wanted"), (AskedFor.DOCUMENT, "document_wanted")):
        async with acting(firm, "boss"):
            with pytest.raises(Refusal, match=code):
                await ticking.tick(made[asks], done=True)
    async with acting(firm, "boss", name="李总"):
        await ticking.answer(made[AskedFor.ANSWER], "是房租押金")
        document = await ticking.attach(made[AskedFor.DOCUMENT], "合同.txt", "text/plain", b"lease")
        first, second = [await for_change(made[asks]) for asks in (AskedFor.ANSWER, AskedFor.DOCUMENT)]
    assert (first.result, first.done_by, first.turn) == ("是房租押金", "李总", "")
    assert (second.document, second.turn) == (document, "")


async def test_people_of_a_client_see_their_own(firm: TestFirm) -> None:
    """Asked for all, and for somebody else's: the first wall adds its clients to every query."""
    async with acting(firm, "accountant"):
        task = await ticking.assign(firm.trading, MONTH, "别家的", "", today())
    async with acting(firm, "boss"):
        assert await listing.of_month(None, MONTH) == []
        assert await listing.of_month(firm.trading, MONTH) == []
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await listing.one(task)


async def test_what_waits_is_the_most_urgent_first_and_no_more_than_asked(firm: TestFirm) -> None:
    async with acting(firm, "boss"):
        assert await waiting(5) == []
    for number in reversed(range(6)):
        await assigned(firm, f"第{number}件", number)
    async with acting(firm, "boss"):
        assert [item.title for item in await waiting(5)] == [f"第{number}件" for number in range(5)]


async def test_pages(firm: TestFirm, visit: Visit) -> None:
    owner, boss = await visit("owner"), await visit("boss")
    due = today().isoformat()
    assert (await owner.post("/tasks", title="报税", due_on="someday")).status_code == 422
    assert (await owner.post("/tasks", title="<b>报税</b>", note="", due_on=due)).status_code == 303
    page = await boss.get("/tasks")
    assert "&lt;b&gt;报税&lt;/b&gt;" in page.text
    async with acting(firm, "owner"):
        (task,) = await listing.of_month(firm.restaurant, MONTH)
    assert (await boss.post("/tasks", title="x", due_on=due)).status_code == 403
    assert (await boss.get("/badges")).json()["tasks"] == 1
    assert (await boss.post(f"/tasks/{task.id}/comments", words="马上<i>")).status_code == 303
    assert "马上&lt;i&gt;" in (await owner.get(f"/tasks/{task.id}")).text
    assert (await boss.post(f"/tasks/{task.id}/steps", place="0", done="1")).status_code == 303
    assert "内容已锁定" in (await boss.get(f"/tasks/{task.id}")).text
    assert (await boss.get("/badges")).json().get("tasks", 0) == 0
    assert (await boss.post(f"/tasks/{task.id}/tick", done="0")).status_code == 303
    assert (await boss.get("/badges")).json()["tasks"] == 1
    async with acting(firm, "owner"):
        elsewhere = await ticking.assign(firm.trading, MONTH, "别家的", "", today())
    for who in (boss, owner):
        assert (await who.post(f"/tasks/{elsewhere}/tick", done="1")).status_code == 404, "the address names the client"
    assert (await boss.post("/tasks/999999/tick", done="1")).status_code == 404
    assert "嘉喜餐饮" in (await (await visit("admin", of_firm=True)).get("/tasks")).text
    assert (await (await visit("driver")).get("/tasks")).status_code == 403
    assert (await owner.post("/tasks/month", period=MONTH.key)).status_code == 303
    assert "银行对账单" in (await boss.get("/tasks")).text


async def test_sent_twice_a_tick_does_no_second_step(firm: TestFirm, visit: Visit) -> None:
    """Two tabs of the list: the second press is for a step that is done."""
    accountant = await visit("owner")
    two = (Step("申报", Side.FIRM), Step("取回执", Side.FIRM))
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, MONTH, two, title="申报", note="", due_on=today())
    assert 'name="place" value="0"' in (await accountant.get("/tasks")).text
    for _ in range(2):
        assert (await accountant.post(f"/tasks/{task}/tick", done="1", place="0")).status_code == 303
    async with acting(firm, "accountant"):
        assert [step.done_at is None for step in (await listing.one(task)).steps] == [False, True]


async def test_after_a_tick_the_list_shows_what_it_showed(firm: TestFirm, visit: Visit) -> None:
    task, boss = await assigned(firm, "报税", -1), await visit("boss")
    assert 'name="show" value="late"' in (await boss.get("/tasks?show=late")).text
    answer = await boss.post(f"/tasks/{task}/tick", done="1", place="0", period=MONTH.key, show="late")
    assert answer.headers["location"].endswith(f"/tasks?period={MONTH.key}&show=late")
    again = await boss.post(f"/tasks/{task}/tick", done="1", place="0", period=MONTH.key, show="<moon>")
    assert again.headers["location"].endswith(f"/tasks?period={MONTH.key}")


async def test_an_answer_is_for_a_step_that_asks_for_one(firm: TestFirm) -> None:
    """Otherwise an answer that is sent twice would do the step after it, and words would stand for a file."""
    steps = (Step("补齐发票", Side.CLIENT, AskedFor.ANSWER), Step("编制申报表", Side.FIRM))
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, MONTH, steps, title="汇算清缴", note="", due_on=today())
        file = await ticking.assign(firm.restaurant, MONTH, "交合同", "", today(), asks=AskedFor.DOCUMENT)
        await ticking.answer(task, "都齐了")
    for id_, who in ((task, "accountant"), (task, "boss"), (file, "boss")):
        async with acting(firm, who):
            with pytest.raises(Refusal, match=r"collab\.no_answer_wanted"):
                await ticking.answer(id_, "都齐了")


async def test_a_client_takes_nothing_back_that_the_firm_went_on_from(firm: TestFirm, visit: Visit) -> None:
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, MONTH, BOTH, title="年报", note="", due_on=today())
    async with acting(firm, "boss"):
        await ticking.tick_step(task, 0)
        await ticking.untick(task, 0)
        await ticking.tick_step(task, 0)
    async with acting(firm, "accountant"):
        await ticking.tick_step(task, 1)
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"collab\.gone_on"):
            await ticking.untick(task, 0)
    assert 'name="done" value="0"' not in (await (await visit("boss")).get(f"/tasks/{task}")).text
    async with acting(firm, "accountant"):
        await ticking.untick(task, 0)
        assert (await listing.one(task)).turn is Side.CLIENT


async def test_each_side_reads_whose_turn_it_is_from_where_it_stands(firm: TestFirm, visit: Visit) -> None:
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, MONTH, BOTH[1:], title="申报", note="", due_on=today())
    boss, accountant = await visit("boss"), await visit("owner")
    for path in ("/tasks", f"/tasks/{task}"):
        told = (await boss.get(path)).text
        assert ("等会计" in told, "等我们" in told) == (True, False)
        assert "等我们" in (await accountant.get(path)).text


async def test_a_statement_is_no_program(firm: TestFirm) -> None:
    steps = (Step("上传银行对账单", Side.CLIENT, AskedFor.BANK_STATEMENT),)
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, MONTH.plus(-1), steps, title="对账单", note="", due_on=today())
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"collab\.no_statement"):
            await ticking.attach(task, "对账单.exe", "application/x-msdownload", b"MZ")
    async with acting(firm, "boss"):
        await ticking.attach(task, "流水.PDF", "application/pdf", b"%PDF-1.4")
        assert (await listing.one(task)).turn is None


async def test_the_list_of_the_running_month_has_all_that_waits(firm: TestFirm) -> None:
    """What 等您处理 shows of later months, and nothing of theirs that is somebody else's turn."""
    later = MONTH.plus(2).first_day
    async with acting(firm, "accountant"):
        for title, steps in (("给客户", BOTH[:1]), ("给会计", BOTH[1:])):
            await ticking.make_one(firm.restaurant, MONTH, steps, title=title, note="", due_on=later)
    for role, title in (("boss", "给客户"), ("accountant", "给会计")):
        async with acting(firm, role, client=firm.restaurant):
            assert [item.title for item in await waiting(5)] == [title]
            assert [task.title for task in await listing.of_month(firm.restaurant, MONTH)] == [title]
            assert await listing.of_month(firm.restaurant, MONTH.plus(1)) == []


async def test_a_filter_is_of_all_and_not_of_those_shown(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_SHOWN", 3)
    for number in range(4):
        await assigned(firm, f"还没办 {number}", 0)
    done = await assigned(firm, "办好了", 0)
    async with acting(firm, "accountant"):
        await ticking.tick(done, done=True)
        assert [t.title for t in await listing.of_month(None, MONTH, "done")] == ["办好了"]
        assert [t.title for t in await listing.of_month(None, MONTH)] == [f"还没办 {n}" for n in range(3)], "open ones first"
        assert await listing.of_month(None, MONTH, "late") == []


@pytest.mark.parametrize("due_on", ["", "someday", "2001-01-01", "2099-12-31"])
async def test_a_day_that_is_wrong_is_said_in_the_form(firm: TestFirm, visit: Visit, due_on: str) -> None:
    owner = await visit("owner")
    again = await owner.post("/tasks", title="补交合同", due_on=due_on)
    assert again.status_code == 422
    assert 'value="补交合同"' in again.text, "what was typed stays"
    assert "到期日" in again.text
    async with acting(firm, "accountant"):
        assert await listing.of_month(firm.restaurant, MONTH) == []


async def test_the_same_file_twice_is_one_and_another_account_s_statement_comes_after(firm: TestFirm) -> None:
    """Also when something else closed the task meanwhile. After the return is filed, nothing comes any more."""
    steps = (Step("上传银行对账单", Side.CLIENT, AskedFor.BANK_STATEMENT),)
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, MONTH.plus(-1), steps, title="对账单", note="", due_on=today())
    async with acting(firm, "boss"):
        first = await ticking.attach(task, "工行.pdf", "application/pdf", b"%PDF-1.4 a")
        assert await ticking.attach(task, "工行.pdf", "application/pdf", b"%PDF-1.4 a") == first
        second = await ticking.attach(task, "建行.pdf", "application/pdf", b"%PDF-1.4 b")
        assert [e.document for e in await listing.trail(task) if e.kind == "file"] == [second, first]
        rows = await ArrivalRow.select(ArrivalRow.live).where(ArrivalRow.client == firm.restaurant)
        assert [row["live"] for row in rows] == [True, True]
    async with acting(firm, "accountant"):
        filed = Step("申报", Side.FIRM)
        vat = await ticking.make_one(firm.restaurant, MONTH, (filed,), title="申报", note="", due_on=today())
        await Task.update({Task.feeds: "vat_return"}).where(Task.id == task)
        await Task.update({Task.template: "vat_return"}).where(Task.id == vat)
        await ticking.tick(vat, done=True)
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"collab\.locked"):
            await ticking.attach(task, "招行.pdf", "application/pdf", b"%PDF-1.4 c")


async def test_a_form_that_is_sent_twice_makes_one_task(firm: TestFirm) -> None:
    first, again = await asyncio.gather(assigned(firm, "补交合同", 1), assigned(firm, "补交合同", 1))
    assert first == again
    assert await assigned(firm, "补交合同", 2) != first
    async with acting(firm, "accountant"):
        await Task.update({Task.created_at: dt.datetime.now(dt.UTC) - ticking.SENT_TWICE}).where(Task.id == first)
    assert await assigned(firm, "补交合同", 1) != first, "wanted again"


async def test_taken_back_the_same_file_does_it_again(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    async with acting(firm, "accountant"):
        task = await ticking.assign(firm.restaurant, MONTH, "交合同", "", today(), asks=AskedFor.DOCUMENT)
    async with acting(firm, "boss"):
        first = await ticking.attach(task, "合同.pdf", "application/pdf", b"%PDF-1.4 a")
    async with acting(firm, "accountant"):
        await ticking.untick(task, 0)
    async with acting(firm, "boss"):
        assert await ticking.attach(task, "合同.pdf", "application/pdf", b"%PDF-1.4 a") == first, "the first press, once more"
        assert (await listing.one(task)).turn is Side.CLIENT
        monkeypatch.setattr(ticking, "SENT_TWICE", dt.timedelta())
        await ticking.attach(task, "合同.pdf", "application/pdf", b"%PDF-1.4 a")
        assert (await listing.one(task)).turn is None


async def test_what_was_filed_offers_no_taking_back(firm: TestFirm, visit: Visit) -> None:
    """A button that can only be refused is none; the page says why it is not there."""
    owner = await visit("owner")
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, MONTH, BOTH[:1], title="确认进项", note="", due_on=today())
        vat = await ticking.make_one(firm.restaurant, MONTH, BOTH[1:], title="申报", note="", due_on=today())
        await Task.update({Task.feeds: "vat_return"}).where(Task.id == task)
        await Task.update({Task.template: "vat_return"}).where(Task.id == vat)
        await ticking.tick(task, done=True)
    taking_back = 'name="done" value="0"'
    assert taking_back in (await owner.get(f"/tasks/{task}")).text
    async with acting(firm, "accountant"):
        await ticking.tick(vat, done=True)
    page = (await owner.get(f"/tasks/{task}")).text
    assert taking_back not in page
    assert "对应的申报已经完成" in page
    assert taking_back in (await owner.get(f"/tasks/{vat}")).text, "the return itself may be taken back"


async def test_months_that_have_no_page(firm: TestFirm, visit: Visit) -> None:
    boss = await visit("boss")
    for month, near in (("2000-01", ["next"]), ("2099-12", ["prev"]), ("2026-11", ["prev", "next"])):
        assert re.findall(r'rel="(prev|next)"', (await boss.get(f"/tasks?period={month}")).text) == near
    for month in ("1999-12", "2100-01", "0001-01"):
        refused = await boss.get(f"/tasks?period={month}")
        assert (refused.status_code, "只能查看 2000年1月到 2099年12月之间的月份" in refused.text) == (400, True)
    assert "月份写法不对" in (await boss.get("/tasks?period=2026-13")).text
