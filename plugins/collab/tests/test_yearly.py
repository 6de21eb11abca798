"""A year's duty: pre-filled facts with their sources, right or what is wrong; it stays until answered and then moves on."""

import datetime as dt

import pytest

from zhangfang_collab import listing, making, ticking, yearly
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


async def test_the_facts_stand_with_their_sources(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    task = await season(firm)
    monkeypatch.setattr(yearly, "today", lambda: dt.date(2027, 1, 4))
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


async def test_figures_of_a_year_that_still_runs_say_so(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    task = await season(firm)
    monkeypatch.setattr(yearly, "today", lambda: dt.date(2026, 11, 28))
    async with acting(firm, "boss"):
        titles = [fact.title for fact in await facts(task) if fact.source == "账簿"]
    assert titles == ["2026年销售收入(到11月为止)", "2026年净利润(到11月为止)", "2026年应交税金(到11月为止)"]


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
        assert [step.title for step in moved.steps] == ["核对企业资料", "更正资料:注册资本,已增资到 100 万", "填报并公示", "留存公示回执"]
        assert moved.turn is Side.FIRM
        assert [fact.objection for fact in await facts(task) if fact.title == "注册资本"] == ["已增资到 100 万"]
    accountant, boss = await visit("owner"), await visit("boss")
    assert (await accountant.get(f"/tasks/{task}")).text.count("/profile/registered_capital") == 1, "where it is put right"
    assert (await accountant.get("/profile/registered_capital")).status_code == 200
    assert "/profile/registered_capital" not in (await boss.get(f"/tasks/{task}")).text


async def test_what_was_said_to_be_wrong_before_is_not_confirmed_with_the_rest(firm: TestFirm, visit: Visit) -> None:
    """The boss said on the profile's page that the capital is wrong, and then that the rest of the report is right."""
    task = await season(firm)
    async with acting(firm, "boss"):
        capital = next(fact.id for fact in await facts(task) if fact.title == "注册资本")
        assert capital is not None
        await use(Clients).object_to(capital, "已增资到 100 万")
    assert "其余都对" in (await (await visit("boss")).get(f"/tasks/{task}")).text
    async with acting(firm, "boss"):
        await yearly.say_right(task, [fact.id for fact in await facts(task) if fact.id is not None])
        found = {fact.title: (fact.objection, bool(fact.confirmed_by)) for fact in await facts(task) if fact.id is not None}
        assert (found["注册资本"], found["法定代表人"]) == (("已增资到 100 万", False), ("", True))
        moved = await listing.one(task)
        assert [step.title for step in moved.steps[:2]] == ["核对企业资料", "更正资料:注册资本,已增资到 100 万"]


async def test_an_answer_that_is_taken_back_leaves_nothing_to_mend(firm: TestFirm) -> None:
    task = await season(firm)
    async with acting(firm, "boss"):
        await yearly.say_wrong(task, None, "还有一个股东")
        await ticking.untick(task, 0)
        await yearly.say_right(task, [fact.id for fact in await facts(task) if fact.id is not None])
        assert [step.title for step in (await listing.one(task)).steps] == ["核对企业资料", "填报并公示", "留存公示回执"]


async def test_another_duty_of_the_year_stands_on_the_home_too(firm: TestFirm, visit: Visit) -> None:
    """汇算清缴 asks for no facts: its card leads to the task, which shows the year's figures."""
    async with scoped_transaction(system_scope(firm.id)):
        (task,) = await making.make([await use(Clients).client(firm.restaurant)], Period(2026, 3), only="cit_annual")
    boss = await visit("boss")
    card = (await boss.get(f"/cards/collab.yearly?period={Period.current().key}")).text
    assert f"/tasks/{task}" in card
    assert "补齐上年未到的发票和费用凭证" in card
    page = (await boss.get(f"/tasks/{task}")).text
    assert "2025年销售收入" in page
    assert "都对" not in page


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
