"""A year's duty: pre-filled facts with their sources, right or what is wrong; it stays until answered and then moves on."""

import datetime as dt

import pytest

from zhangfang_collab import listing, making, yearly
from zhangfang_collab.tables import Task
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind, FactSource, NewFact, QuarterEnds
from zhangfang_sdk.tasks import Side

START = dt.date(2025, 1, 1)


async def season(firm: TestFirm) -> int:
    """The annual report of the restaurant, of whom something is known."""
    facts = (
        NewFact(FactKind.LEGAL_REPRESENTATIVE, "李明", START, FactSource.BUSINESS_LICENCE),
        NewFact(FactKind.REGISTERED_CAPITAL, 50_000_000, START, FactSource.BUSINESS_LICENCE),
        NewFact(FactKind.EMPLOYEES, QuarterEnds(8, 10), dt.date(2026, 10, 1)),
    )
    async with scoped_transaction(system_scope(firm.id)):
        for fact in facts:
            await use(Clients).record(firm.restaurant, fact)
        (task,) = await making.make([await use(Clients).client(firm.restaurant)], Period(2027, 1), only="annual_report")
    return task


async def facts(task: int) -> list[yearly.ShownFact]:
    return list(await yearly.facts_of(await listing.one(task), await yearly.template_of(task)))


async def test_the_facts_stand_with_their_sources(firm: TestFirm) -> None:
    task = await season(firm)
    async with acting(firm, "boss"):
        shown = {fact.title: (fact.text, fact.source, fact.since, fact.id is not None) for fact in await facts(task)}
        assert await yearly.home_card(firm.restaurant, "2027-01") is not None
    assert shown["法定代表人"] == ("李明", "营业执照", "2025-01-01", True)
    assert shown["注册资本"] == ("500,000.00 元", "营业执照", "2025-01-01", True)
    assert shown["从业人数 · 2026 年第 4 季度"][0] == "季初 8 人,季末 10 人"
    assert {title: text for title, text in shown.items() if title.startswith("2026年")} == {
        "2026年销售收入": ("¥0.00", "账簿", "", False),
        "2026年净利润": ("¥0.00", "账簿", "", False),
        "2026年应交税金": ("¥0.00", "账簿", "", False),
    }


async def test_right_confirms_the_profile_and_moves_on(firm: TestFirm) -> None:
    task = await season(firm)
    async with acting(firm, "boss", name="李总"):
        seen = [fact.id for fact in await facts(task) if fact.id is not None]
        await yearly.say_right(task, seen)
        moved = await listing.one(task)
        assert (moved.turn, moved.steps[0].done_by) == (Side.FIRM, "李总")
        assert await yearly.home_card(firm.restaurant, "2027-01") is None
        with pytest.raises(Refusal, match=r"collab\.already_answered"):
            await yearly.say_right(task, seen)
    async with acting(firm, "accountant"):
        profile = await use(Clients).profile(firm.restaurant)
    assert profile.legal_representative is not None
    assert profile.legal_representative.confirmed_by == "李总"


async def test_what_is_wrong_is_mended_before_it_is_filed(firm: TestFirm, visit: Visit) -> None:
    task = await season(firm)
    async with acting(firm, "boss"):
        capital = next(fact.id for fact in await facts(task) if fact.title == "注册资本")
        with pytest.raises(Refusal, match=r"collab\.words_missing"):
            await yearly.say_wrong(task, capital, " ")
        await yearly.say_wrong(task, capital, "已增资到 100 万")
    async with acting(firm, "accountant"):
        moved = await listing.one(task)
        assert [step.title for step in moved.steps] == ["核对企业资料", "更正:已增资到 100 万", "填报并公示", "留存公示回执"]
        assert moved.turn is Side.FIRM
        assert [fact.objection for fact in await facts(task) if fact.title == "注册资本"] == ["已增资到 100 万"]
    accountant, boss = await visit("owner"), await visit("boss")
    assert (await accountant.get(f"/tasks/{task}")).text.count("/profile/registered_capital") == 1, "where it is put right"
    assert (await accountant.get("/profile/registered_capital")).status_code == 200
    assert "/profile/registered_capital" not in (await boss.get(f"/tasks/{task}")).text


async def test_a_fact_that_was_changed_meanwhile_is_not_confirmed(firm: TestFirm) -> None:
    task = await season(firm)
    async with acting(firm, "boss"):
        seen = [fact.id for fact in await facts(task) if fact.id is not None]
    async with acting(firm, "accountant"):
        await use(Clients).record(firm.restaurant, NewFact(FactKind.REGISTERED_CAPITAL, 100_000_000, START))
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"profile\.changed"):
            await yearly.say_right(task, seen)
    async with acting(firm, "boss"):
        assert (await listing.one(task)).turn is Side.CLIENT


async def test_it_stands_on_the_boss_s_home_until_answered(firm: TestFirm, visit: Visit) -> None:
    task = await season(firm)
    boss, cashier = await visit("boss"), await visit("cashier")
    for path, card in (("/cockpit", "collab.yearly"), ("/waiting", "collab.yearly_waiting")):
        assert f"/cards/{card}" in (await boss.get(path)).text
        assert "应该是什么" in (await boss.get(f"/cards/{card}?period={Period.current().key}")).text
    page = (await boss.get(f"/tasks/{task}")).text
    assert "李明" in page
    assert "都对" in page
    assert f"/tasks/{task}/steps" not in page, "one button, which answers"
    assert "都对" not in (await cashier.get(f"/tasks/{task}")).text, "confirming is the boss's"
    async with acting(firm, "boss"):
        seen = [str(fact.id) for fact in await facts(task) if fact.id is not None]
    assert (await boss.post(f"/tasks/{task}/facts", right="1", seen=seen)).status_code == 303
    async with acting(firm, "accountant"):
        (row,) = await Task.objects().where(Task.id == task)
    assert row.turn == "firm"
    assert (await boss.post(f"/tasks/{task}/facts", fact="", words="晚了")).status_code == 409


async def test_nobody_confirms_what_they_did_not_see(firm: TestFirm, visit: Visit) -> None:
    """Neither the cashier, who may not confirm, nor words instead, nor a page that held less than what is known now."""
    task = await season(firm)
    cashier = await visit("cashier")
    assert (await cashier.get(f"/cards/collab.yearly?period={Period.current().key}")).text.strip() == ""
    assert (await cashier.post(f"/tasks/{task}/facts", right="1")).status_code == 403
    assert (await cashier.post(f"/tasks/{task}/facts", fact="", words="错了")).status_code == 403
    assert (await cashier.post(f"/tasks/{task}/answer", words="都对")).status_code == 409
    async with acting(firm, "boss"):
        seen = [fact.id for fact in await facts(task) if fact.id is not None]
    for less in ([], seen[1:]):
        async with acting(firm, "boss"):
            with pytest.raises(Refusal, match=r"collab\.facts_unseen"):
                await yearly.say_right(task, less)
    async with acting(firm, "boss"):
        assert (await listing.one(task)).turn is Side.CLIENT
