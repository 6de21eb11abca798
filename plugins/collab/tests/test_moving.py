"""The calendar is edited: open tasks of this month and coming ones are due on the day that it has now."""

import datetime as dt

import pytest

from zhangfang_collab import listing, making, moving, reminding, ticking
from zhangfang_collab.tables import Task
from zhangfang_core.calendar.service import change_day, move, restore
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.periods import Period, today

MONTH = Period.current().plus(1)


async def made(firm: TestFirm) -> None:
    with in_scope(system_scope(firm.id)):
        await making.make_everywhere(MONTH)


async def dues(firm: TestFirm, template: str) -> dict[int, dt.date]:
    async with acting(firm, "owner"):
        rows = await Task.select(Task.client, Task.due_on).where(Task.template == template)
    return {row["client"]: row["due_on"] for row in rows}


async def follow(firm: TestFirm) -> None:
    with in_scope(system_scope(firm.id)):
        await moving.follow_everywhere()


async def test_a_deadline_that_is_put_off_and_back(firm: TestFirm) -> None:
    await made(firm)
    async with acting(firm, "accountant"):
        by_hand = await ticking.assign(firm.trading, MONTH, "交合同", "", MONTH.first_day)
        (done,) = await Task.select(Task.id).where(Task.template == "vat_return").where(Task.client == firm.trading)
    before, statement = await dues(firm, "iit_return"), await dues(firm, "bank_statement")
    later = max(before.values()) + dt.timedelta(days=7)
    async with acting(firm, "owner"):
        for tax in ("iit_withholding", "vat"):
            await move(tax, MONTH.plus(-1).key, due=later, area="", reason="税务局通知")
        await ticking.tick_step(done["id"], 0)
        await ticking.tick_step(done["id"], 1)
    vat = await dues(firm, "vat_return")
    await follow(firm)
    await follow(firm)
    assert set((await dues(firm, "iit_return")).values()) == {later}
    assert await dues(firm, "vat_return") == vat, "what is done stays as it was"
    assert await dues(firm, "bank_statement") == statement
    async with acting(firm, "owner"):
        assert (await listing.one(by_hand)).due_on == MONTH.first_day
        (task,) = await Task.select(Task.id).where(Task.template == "iit_return").where(Task.client == firm.trading)
        told = [entry.words for entry in await listing.trail(task["id"]) if entry.kind == "moved"]
        assert told == [f"{before[firm.trading]} → {later}"]
        await restore("iit_withholding", MONTH.plus(-1).key, area="")
    await follow(firm)
    assert await dues(firm, "iit_return") == before


async def test_a_day_off_that_the_operator_names(firm: TestFirm) -> None:
    await made(firm)
    (day,) = set((await dues(firm, "bank_statement")).values())
    async with scoped_transaction(Scope(operator=True, user_name="运维", permissions=frozenset({"operator.use"}))):
        await change_day(day, is_working=False, reason="调休")
    await follow(firm)
    assert all(moved > day for moved in (await dues(firm, "bank_statement")).values())


async def test_the_firm_s_edit_is_heard_of_at_once(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        await move("vat", MONTH.plus(-1).key, due=MONTH.last_day, area="", reason="税务局通知")
    async with acting(firm, "owner"):
        rows = await connection().fetch("select args::text as args from procrastinate_jobs where args::text like '%deadlines_moved%'")
    assert any('"collab"' in row["args"] for row in rows)


async def test_what_was_late_and_is_put_off_is_reminded_of_anew(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    await made(firm)
    before = (await dues(firm, "iit_return"))[firm.trading]
    sent: list[str] = []

    async def keep(task: Task, kind: str, key: str) -> bool:
        if task.template == "iit_return" and task.client == firm.trading:
            sent.append(kind)
        return True

    monkeypatch.setattr(reminding, "_send", keep)

    async def on(day: dt.date) -> None:
        monkeypatch.setattr(reminding, "today", lambda: day)
        with in_scope(system_scope(firm.id)):
            await reminding.remind_everybody()

    await on(before)
    assert sent == ["firm_today"]
    async with acting(firm, "owner"):
        await move("iit_withholding", MONTH.plus(-1).key, due=before + dt.timedelta(days=10), area="", reason="税务局通知")
    await follow(firm)
    await on(before + dt.timedelta(days=1))
    assert sent == ["firm_today"]
    await on(before + dt.timedelta(days=9))
    assert sent == ["firm_today", "firm_today"]
    assert today() <= before
