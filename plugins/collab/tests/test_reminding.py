"""Each level is sent once, in its tone, to the side whose turn it is; a second person hears when nothing happens."""

import asyncio
import datetime as dt

import pytest

from zhangfang_collab import arrivals, listing, owners, reminder_levels, reminding, ticking
from zhangfang_collab.notice_kinds import NOTICE_KINDS, TOLD
from zhangfang_collab.reminder_levels import TONES, Duty, presets
from zhangfang_collab.reminding import level
from zhangfang_collab.steps import Step
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.notices.delivery import deliver
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.post_office import make_reachable, post_office
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period, today
from zhangfang_sdk.tasks import Arrival, AskedFor, Side

SIDES = (Step("确认", Side.CLIENT), Step("申报", Side.FIRM))


async def people(firm: TestFirm) -> dict[int, str]:
    """Boss and cashier beside the owner."""
    found = {firm.owner: "owner"}
    async with scoped_transaction(system_scope(firm.id)):
        for role in ("boss", "cashier"):
            person = await make_member(login=role, name=role, password=OWNER_PASSWORD, role=role, client=firm.restaurant)
            found[person] = role
    return found


async def due_in(firm: TestFirm, days: int, steps: tuple[Step, ...] = SIDES) -> int:
    async with acting(firm, "accountant"):
        day = today() + dt.timedelta(days=days)
        return await ticking.make_one(firm.restaurant, Period.of(day), steps, title="工资表", note="", due_on=day)


async def run(firm: TestFirm) -> None:
    with in_scope(system_scope(firm.id)):
        await reminding.remind_everybody()


async def told(firm: TestFirm) -> list[tuple[str, int]]:
    """Kinds and people of every notice, in order."""
    found = []
    for person in sorted(await everybody(firm)):
        async with acting(firm, "owner", user=person):
            rows = await connection().fetch("""select id, kind from core_notice where "user" = $1""", person)
        found += [(row["id"], row["kind"].removeprefix("collab."), person) for row in rows]
    return [(kind, person) for _, kind, person in sorted(found)]


async def everybody(firm: TestFirm) -> list[int]:
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("""select distinct "user" from core_membership where firm = $1""", firm.id)
    return [row["user"] for row in rows]


@pytest.mark.parametrize(
    ("days", "expected"), [(8, None), (7, -7), (2, -7), (1, -1), (0, 0), (-1, 1), (-2, 1), (-3, 3), (-90, 3)]
)
def test_the_level_of_a_day(days: int, expected: int | None) -> None:
    assert level(today() + dt.timedelta(days=days), today(), list(presets()[Duty.MONTHLY])) == expected


@pytest.mark.parametrize(("days", "kind"), [(7, "soon"), (0, "today"), (-1, "late")])
async def test_three_tones_to_the_client_and_then_to_the_firm(firm: TestFirm, days: int, kind: str) -> None:
    who = await people(firm)
    boss = next(person for person, role in who.items() if role == "boss")
    task = await due_in(firm, days)
    await run(firm)
    assert await told(firm) == [(kind, boss)], "whose the task is"
    async with acting(firm, "boss"):
        await ticking.tick(task, done=True)
    await run(firm)
    assert (await told(firm))[-1] == (f"firm_{kind}", firm.owner)


async def test_run_a_thousand_times_on_two_nodes_it_sends_each_level_once(firm: TestFirm) -> None:
    who = await people(firm)
    boss, clerk = (next(person for person, role in who.items() if role == wanted) for wanted in ("boss", "cashier"))
    for days in (-3, 7, 30):
        await due_in(firm, days)
    for _ in range(500):
        await asyncio.gather(run(firm), run(firm))
    found = await told(firm)
    assert sorted(found) == sorted([("escalated", clerk), ("client_late", firm.owner), ("soon", boss)])


async def test_a_level_goes_on_from_the_one_before(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    who = await people(firm)
    clerk = next(person for person, role in who.items() if role == "cashier")
    task = await due_in(firm, 7)
    async with acting(firm, "owner"):
        await owners.give(task, Side.CLIENT, clerk)
    for days in range(12):
        day = today() + dt.timedelta(days=days)
        monkeypatch.setattr(reminding, "today", lambda day=day: day)
        await run(firm)
    assert [kind for kind, person in await told(firm) if person == clerk] == ["soon", "today", "today", "late"]
    boss = next(person for person, role in who.items() if role == "boss")
    assert [kind for kind, person in await told(firm) if person == boss] == ["escalated"], "somebody else of the client"
    assert [kind for kind, person in await told(firm) if person == firm.owner] == ["client_late"]


async def test_what_the_firm_is_late_with_is_told_to_the_firm_s_owner_and_not_to_the_client(firm: TestFirm) -> None:
    await people(firm)
    async with scoped_transaction(system_scope(firm.id)):
        wang, li = [await make_member(login=name, name=name, password=OWNER_PASSWORD, role="accountant") for name in ("王会计", "李会计")]
        await assign(wang, (firm.restaurant,))
        await assign(li, (firm.restaurant,))
    task = await due_in(firm, -3, SIDES[1:])
    async with acting(firm, "owner"):
        await owners.give(task, Side.FIRM, wang)
    await run(firm)
    assert await told(firm) == [("escalated", firm.owner)]
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select body from core_notice") == f"应在 {(await due(task))} 前办好,由王会计负责。"


async def test_the_owner_alone_at_the_firm_hears_of_what_is_theirs(firm: TestFirm) -> None:
    await due_in(firm, -3, SIDES[1:])
    await run(firm)
    assert await told(firm) == [("escalated", firm.owner)]


async def due(task: int) -> str:
    day = await connection().fetchval("select due_on from collab_task where id = $1", task)
    return f"{day.month}月{day.day}日"


async def test_only_what_a_return_stands_on_is_said_to_hold_it_up(firm: TestFirm) -> None:
    await people(firm)
    statement, _ = await due_in(firm, -1), await due_in(firm, -1)
    async with acting(firm, "owner"):
        await connection().execute("update collab_task set feeds = 'vat_return' where id = $1", statement)
    await run(firm)
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select link, body from core_notice")
    assert {row["link"].endswith(f"/{statement}"): "会影响申报" in row["body"] for row in rows} == {True: True, False: False}


async def test_a_year_that_still_runs_is_not_asked_about(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(firm)
    async with acting(firm, "accountant"):
        task = await ticking.make_one(firm.restaurant, Period(2027, 1), SIDES, title="年报", note="", due_on=dt.date(2027, 6, 18))
        await connection().execute("update collab_task set covers = 202600 where id = $1", task)
    for day, kinds in ((dt.date(2026, 12, 31), []), (dt.date(2027, 1, 1), ["yearly"])):
        monkeypatch.setattr(reminding, "today", lambda day=day: day)
        await run(firm)
        assert [kind for kind, _ in await told(firm)] == kinds


async def test_a_year_s_duty_stands_as_a_window(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "today", lambda: dt.date(2026, 12, 7))
    await people(firm)
    async with acting(firm, "accountant"):
        day = dt.date(2027, 5, 26)
        task = await ticking.make_one(firm.restaurant, Period(2026, 1), SIDES, title="年报", note="", due_on=day)
        await connection().execute("update collab_task set covers = 202500 where id = $1", task)
    await run(firm)
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select kind, urgent from core_notice")
    assert {(row["kind"], row["urgent"]) for row in rows} <= {("collab.yearly", True)}
    assert {kind for kind, _ in await told(firm)} == {"yearly"}


def test_what_may_be_read_days_later_counts_no_days() -> None:
    """At night and on days off nothing goes out: "10 days are left" would be wrong on Monday."""
    assert not [kind.key for kind in NOTICE_KINDS if kind.fields() & {"left", "late"}]
    assert not [kind.key for kind in NOTICE_KINDS if kind.urgent], "a duty of months waits for the morning"


async def test_what_arrived_is_not_reminded_of_and_what_is_undone_is_anew(firm: TestFirm) -> None:
    await people(firm)
    month = Period.current()
    fact = Arrival(firm.restaurant, AskedFor.PAYROLL, month, "p", "已确认")
    async with acting(firm, "accountant"):
        await arrivals.arrived(fact)
        await ticking.assign(firm.restaurant, month, "确认工资表", "", today(), asks=AskedFor.PAYROLL)
        rows = await connection().fetch("select id from collab_task")
        await arrivals.close_what_is_there([row["id"] for row in rows])
    await run(firm)
    assert await told(firm) == []
    async with acting(firm, "accountant"):
        await arrivals.undone(firm.restaurant, AskedFor.PAYROLL, month, "p", "撤销")
    await run(firm)
    assert {kind for kind, _ in await told(firm)} == {"today"}


async def test_a_nudge_is_once_a_day_and_for_the_client_s_turn(firm: TestFirm) -> None:
    await people(firm)
    tasks = [await due_in(firm, 20), await due_in(firm, 20, SIDES[1:])]
    async with acting(firm, "accountant"):
        assert await reminding.nudge(tasks) == 1
        assert await reminding.nudge(tasks) == 0
    assert {kind for kind, _ in await told(firm)} == {"nudged"}


@pytest.mark.parametrize("has_left", [True, False])
async def test_an_owner_who_cannot_be_told_is_not_the_only_one_told(firm: TestFirm, has_left: bool) -> None:
    """The cashier who has left, or drives now and is told nothing: the boss hears of it, once a day."""
    who = await people(firm)
    boss, clerk = (next(person for person, role in who.items() if role == wanted) for wanted in ("boss", "cashier"))
    other, *tasks = [await due_in(firm, 7) for _ in range(3)]
    async with acting(firm, "owner"):
        for task in (other, tasks[0]):
            await owners.give(task, Side.CLIENT, clerk)
        await owners.give(tasks[1], Side.CLIENT, boss)
    changed = "active = false" if has_left else "role = 'driver'"
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute(f"""update core_membership set {changed} where "user" = $1""", clerk)  # noqa: S608  # written above
    async with acting(firm, "accountant"):
        assert await reminding.nudge(tasks) == 2
        assert await reminding.nudge(tasks) == 0
    assert [person for kind, person in await told(firm) if kind == "nudged"].count(boss) == 2
    await run(firm)
    assert [kind for kind, person in await told(firm) if person == boss].count("soon") == 2, "of the boss's own too"


async def test_the_trail_says_of_a_reminder_what_both_sides_may_read(firm: TestFirm) -> None:
    await people(firm)
    mine, _ = await due_in(firm, -1, SIDES[1:]), await due_in(firm, 7)
    await run(firm)
    async with acting(firm, "boss"):
        assert [entry.words for entry in await listing.trail(mine) if entry.kind == "reminded"] == ["已逾期"]
    sent_by_the_job = {kind.key for kind in NOTICE_KINDS if kind.key.removeprefix("firm_") in {*TONES, "nudged"}}
    assert sent_by_the_job == set(TOLD), "each has its words"


async def test_what_is_said_on_a_task_is_told_to_the_other_side(firm: TestFirm) -> None:
    """To whoever has it there; sent twice it is told once."""
    who = await people(firm)
    boss, clerk = (next(person for person, role in who.items() if role == wanted) for wanted in ("boss", "cashier"))
    task = await due_in(firm, 20)
    for _ in range(2):
        async with acting(firm, "boss", user=boss, name="李总"):
            await ticking.comment(task, "这个月多了一个人")
    async with acting(firm, "owner"):
        await owners.give(task, Side.CLIENT, clerk)
        await ticking.comment(task, "请补一份合同")
    assert await told(firm) == [("firm_comment", firm.owner), ("comment", clerk)]
    async with scoped_transaction(system_scope(firm.id)):
        assert "李总在“工资表”里留言" in await connection().fetchval("select title from core_notice where kind = 'collab.firm_comment'")


async def test_what_is_done_before_its_hour_is_reminded_of_no_more(firm: TestFirm) -> None:
    """Held over the night: the SMS of a task that was done in the evening does not come in the morning."""
    await make_reachable(firm.id, firm.restaurant, "boss", "li")
    done, _ = await due_in(firm, 7), await due_in(firm, 7)
    night = dt.datetime(2026, 11, 26, 22, tzinfo=BUSINESS_TIME_ZONE)
    await run(firm)
    async with acting(firm, "accountant"):
        assert await reminding.nudge([done]) == 1
    with post_office() as office, in_scope(system_scope(firm.id)):
        await deliver(lambda: night)
        async with acting(firm, "boss"):
            await ticking.tick(done, done=True)
        await deliver(lambda: night + dt.timedelta(hours=11))
        assert [mail.subject for mail in office.mails] == [office.mails[0].subject]
        assert "条新通知" not in office.mails[0].subject, "one alone, of the task that is still open"
        assert len(office.texts) == 1


async def test_the_owner_s_days_and_tones(firm: TestFirm) -> None:
    who = await people(firm)
    async with acting(firm, "owner"):
        await reminder_levels.save(Duty.MONTHLY, [(2, "late"), (-10, "soon")])
    await due_in(firm, 10)
    await due_in(firm, 7)
    await due_in(firm, -1)
    await run(firm)
    boss = next(person for person, role in who.items() if role == "boss")
    assert await told(firm) == [("soon", boss)] * 2, "no time is left of what is late"
    async with acting(firm, "owner"):
        await reminder_levels.save(Duty.MONTHLY, [])
        assert (await reminder_levels.levels())[Duty.MONTHLY] == {}
        assert (await reminder_levels.levels())[Duty.YEARLY] == presets()[Duty.YEARLY]
    await due_in(firm, -40)
    await run(firm)
    assert len(await told(firm)) == 2


@pytest.mark.parametrize(
    "wanted",
    [[(-1, "soon"), (-1, "today")], [(400, "soon")], [(1, "shouting")], [(1, "yearly")], [(-n, "soon") for n in range(1, 14)], [(0, "late")],
     [(-1, "escalated")], [(1, "soon")], [(1, "today")], [(0, "soon")]],
)
async def test_levels_that_are_refused(firm: TestFirm, wanted: list[tuple[int, str]]) -> None:
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=r"collab\.reminders_wrong"):
            await reminder_levels.save(Duty.MONTHLY, wanted)
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await reminder_levels.save(Duty.MONTHLY, [])


async def test_the_window_says_that_there_is_time_and_stands_for_no_day_after(firm: TestFirm) -> None:
    assert all(reminder_levels.fits(day, tone) for levels in presets().values() for day, tone in levels.items())
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=r"collab\.reminders_wrong"):
            await reminder_levels.save(Duty.YEARLY, [(1, "yearly")])


async def test_the_owner_s_page(firm: TestFirm, visit: Visit) -> None:
    owner, boss = await visit("owner", of_firm=True), await visit("boss")
    shown = (await owner.get("/tasks/reminders")).text
    assert all(title in shown for title in TONES.values())
    assert (await boss.get("/tasks/reminders")).status_code in (403, 404)
    form = {"days": ["5", "0", ""], "side": ["before", "before", "after"], "tone": ["soon", "today", "late"]}
    assert (await owner.post("/tasks/reminders/monthly", **form)).status_code == 303
    async with acting(firm, "owner"):
        assert (await reminder_levels.levels())[Duty.MONTHLY] == {-5: "soon", 0: "today"}
    for wrong in ("七", "99999", "-1"):
        again = await owner.post("/tasks/reminders/monthly", days=wrong, side="before", tone="soon")
        assert again.status_code == 422
        assert f'value="{wrong}"' in again.text, "what was typed stays"
    assert (await owner.post("/tasks/reminders/weekly")).status_code == 422
