"""A letter becomes a task with deadline, owner and steps; owners; the owner's templates on their pages; the demo."""

import asyncio
import datetime as dt
import html
import re

import pytest

from zhangfang_collab import demo, letters, listing, owners, templates, ticking
from zhangfang_collab.letters import Letter
from zhangfang_collab.tables import Task
from zhangfang_collab.waiting import waiting
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting, somebody
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Side

PHOTO = b"\xff\xd8\xff\xe0 a letter"


async def handed_in(firm: TestFirm, role: str = "boss") -> int:
    async with acting(firm, role, client=firm.restaurant):
        letter = Letter("notice", today() + dt.timedelta(days=9), "示税通〔2026〕7 号")
        return await letters.hand_in(firm.restaurant, letter, "letter.jpg", "image/jpeg", PHOTO)


async def test_a_photographed_letter(firm: TestFirm) -> None:
    task = await handed_in(firm)
    async with acting(firm, "accountant"):
        shown = await listing.one(task)
        assert (shown.title, shown.party) == ("税务事项通知书 示税通〔2026〕7 号", "税务局")
        assert [step.side for step in shown.steps] == [Side.FIRM, Side.CLIENT, Side.FIRM, Side.TAX_OFFICE]
        (item,) = await waiting(5)
        assert (item.from_whom, item.until) == ("税务局", today() + dt.timedelta(days=9))
        assert any(entry.document for entry in await listing.trail(task))
        await ticking.tick_step(task, 0)
        assert await waiting(5) == []
    async with acting(firm, "boss"):
        await ticking.attach(task, "contract.pdf", "application/pdf", b"%PDF-1.4")
    async with acting(firm, "accountant"):
        await ticking.tick(task, done=True)
        assert (await listing.one(task)).turn is Side.TAX_OFFICE
        assert await waiting(5) == [], "nobody of the portal can hurry the tax office"
        await ticking.tick(task, done=True)
        assert (await listing.one(task)).turn is None


async def test_the_firm_is_told_at_once_and_the_same_letter_is_told_once(firm: TestFirm) -> None:
    """Days may be short: the accountant does not find it by chance."""
    async with scoped_transaction(system_scope(firm.id)):
        wang = await make_member(login="wang", name="王会计", password=OWNER_PASSWORD, role="accountant")
        await assign(wang, (firm.restaurant,))
        await make_member(login="boss", name="李总", password=OWNER_PASSWORD, role="boss", client=firm.restaurant)
    for _ in range(2):
        task = await handed_in(firm)
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("""select "user", kind, link from core_notice order by "user" """)
    assert [(row["user"], row["kind"]) for row in rows] == [(firm.owner, "collab.letter"), (wang, "collab.letter")]
    assert all(row["link"].endswith(f"/tasks/{task}") for row in rows)


async def test_what_is_refused(firm: TestFirm) -> None:
    async with acting(firm, "boss"):
        for code, letter in (
            ("collab.letter_wrong", Letter("poem", today())),
            ("collab.due_far", Letter("notice", dt.date(2020, 1, 1))),
            ("collab.due_far", Letter("notice", dt.date(2099, 1, 1))),
        ):
            with pytest.raises(Refusal) as refused:
                await letters.hand_in(firm.restaurant, letter, "a.jpg", "image/jpeg", PHOTO)
            assert refused.value.code == code
        with pytest.raises(Refusal, match=r"collab\.letter_no_picture"):
            await letters.hand_in(firm.restaurant, Letter("notice", today()), "通知.exe", "application/x-msdownload", b"MZ")
        assert await letters.hand_in(firm.restaurant, Letter("notice", today()), "image", "image/jpeg", PHOTO)


async def test_sent_twice_at_once_it_is_one_letter(firm: TestFirm) -> None:
    first, again = await asyncio.gather(handed_in(firm), handed_in(firm))
    assert first == again
    async with acting(firm, "accountant"):
        assert await Task.count() == 1
        assert len([entry for entry in await listing.trail(first) if entry.document]) == 1
    async with acting(firm, "boss", client=firm.restaurant):
        other = Letter("notice", today() + dt.timedelta(days=9), "示税通〔2026〕8 号")
        assert await letters.hand_in(firm.restaurant, other, "letter.jpg", "image/jpeg", PHOTO) != first


async def test_a_letter_that_is_refused_stands_in_the_form_again(firm: TestFirm, visit: Visit) -> None:
    boss = await visit("boss")
    for wrong, says in (({"due_on": ""}, "请选择到期日"), ({}, "请选择要上传的文件")):
        form = {"kind": "correction", "due_on": today().isoformat(), "number": "示税限改〔2026〕3 号", **wrong}
        again = await boss.post("/tasks/letter", **form)
        assert again.status_code == 422
        assert "示税限改〔2026〕3 号" in again.text
        assert '<option value="correction" selected>' in again.text
        assert says in again.text


async def test_owners_are_of_the_firm_and_of_this_client(firm: TestFirm) -> None:
    wang = await somebody(firm, "accountant")
    task = await handed_in(firm)
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await owners.give(task, Side.FIRM, wang)
    async with scoped_transaction(system_scope(firm.id)):
        await assign(wang, [firm.restaurant])
    async with acting(firm, "owner"):
        await owners.give(task, Side.FIRM, wang)
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await owners.give(task, Side.CLIENT, wang)
        assert (await listing.one(task)).owners == {Side.FIRM: wang}
        await owners.give(task, Side.FIRM, None)
        assert (await listing.one(task)).owners == {Side.FIRM: wang}, "who looks after the client"


async def test_the_pages(firm: TestFirm, visit: Visit) -> None:
    boss, owner = await visit("boss"), await visit("owner", of_firm=True)
    assert "税务事项通知书" in (await boss.get("/tasks/letter")).text
    assert "工资表" in (await owner.get("/tasks/templates")).text
    form = {
        "title": "交{covers}库存表", "payer": "", "month": "0", "due_rule": "working_day", "due_number": "10", "step": "交表", "side": "client",
        "asks": "document", "active": "1",
    }  # fmt: skip
    again = await owner.post("/tasks/templates/new", **{**form, "step": " "})
    assert again.status_code == 422
    assert "交{covers}库存表" in again.text, "what was typed stays"
    assert (await owner.post("/tasks/templates/new", **form)).status_code == 303
    assert "交某月库存表" in (await owner.get("/tasks/templates")).text
    assert (await boss.get("/tasks/templates")).status_code in (403, 404)


async def test_what_two_people_change_in_one_template_is_not_lost(firm: TestFirm, visit: Visit) -> None:
    """Two tabs: the second one would have put the old day back. It says so, keeps what was typed, and goes when pressed once more."""
    owner = await visit("owner", of_firm=True)
    await owner.get("/tasks/templates")
    async with acting(firm, "owner"):
        payroll = next(template for template in await templates.templates() if template.key == "payroll")
    path = f"/tasks/templates/{payroll.id}"
    seen = seen_in((await owner.get(path)).text)
    form = {
        "title": payroll.title, "payer": "", "month": "0", "due_rule": "working_day", "due_number": "10", "step": "确认", "side": "client",
        "asks": "payroll", "active": "1", "feeds": payroll.feeds, "seen": seen,
    }  # fmt: skip
    for _ in range(2):
        assert (await owner.post(path, **form)).status_code == 303, "the same sent twice is no other change"
    other = {**form, "due_number": "5", "note": "另一个标签页"}
    refused = await owner.post(path, **other)
    assert refused.status_code == 422
    assert "有人改过这份模板" in refused.text
    assert "另一个标签页" in refused.text
    assert (await owner.post(path, **{**other, "seen": seen_in(refused.text)})).status_code == 303
    async with acting(firm, "owner"):
        assert (await templates.template(payroll.id)).due.number == 5


def seen_in(page: str) -> str:
    """What the form says that it was made from."""
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


async def test_the_demo_is_filled_once(firm: TestFirm) -> None:
    for _ in range(2):
        async with scoped_transaction(system_scope(firm.id)):
            await demo.fill([firm.restaurant, firm.trading])
    async with acting(firm, "owner"):
        rows = await Task.objects()
    assert len({row.key for row in rows}) == len(rows)
    done = {(row.template, row.done_by) for row in rows if row.done_at}
    assert done <= {(key, "周老板") for key in ("payroll", "input_invoices", "cit_return")}, "nobody of the client is there; the rest is for facts to tell"
    assert today().day < 15 or ("payroll", "周老板") in done
    assert [row.turn for row in rows if row.template == "annual_report"] == ["client"]
    assert [row.turn for row in rows if row.party == "税务局"] == ["client"]
    assert {row.period for row in rows if row.template == "payroll"} == {
        Period.current().number,
        Period.current().plus(1).number,
    }
