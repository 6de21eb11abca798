"""A month's list: right for payer, package and calendar; made twice, on two nodes, it makes none twice; nothing of the last month comes along."""

import asyncio
import datetime as dt
import json
import re
from dataclasses import replace

import pytest

from zhangfang_collab import letters, making, templates, ticking
from zhangfang_collab.due_dates import Due, DueRule, MonthsCalendar
from zhangfang_collab.jobs import next_month
from zhangfang_collab.letters import Letter
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import Entry, Task
from zhangfang_collab.templates import TypedTemplate
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.portal import Visitor
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, TaxpayerKind
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind, NewFact
from zhangfang_sdk.tasks import Side

DECEMBER = Period(2026, 12)
GENERAL, SMALL = TaxpayerKind.GENERAL, TaxpayerKind.SMALL_SCALE


async def made(firm: TestFirm, period: Period) -> int:
    with in_scope(system_scope(firm.id)):
        return await making.make_everywhere(period)


async def keys(firm: TestFirm, client: int, period: Period) -> set[str]:
    async with acting(firm, "accountant"):
        rows = await Task.select(Task.template).where((Task.client == client) & (Task.period == period.number))
    return {row["template"] for row in rows}


async def test_it_is_right_for_the_payer(firm: TestFirm) -> None:
    """The trading company declares VAT each month, the small-scale restaurant each quarter."""
    await made(firm, DECEMBER)
    both = {"bank_statement", "payroll", "iit_return"}
    assert await keys(firm, firm.restaurant, DECEMBER) == both
    assert await keys(firm, firm.trading, DECEMBER) == both | {"input_invoices", "vat_return"}
    await made(firm, Period(2027, 1))
    yearly_and_quarterly = {"vat_return", "cit_return", "annual_report"}
    assert await keys(firm, firm.restaurant, Period(2027, 1)) == both | yearly_and_quarterly
    async with acting(firm, "accountant"):
        row = await Task.objects().where(Task.template == "annual_report").where(Task.client == firm.trading).first()
    assert row is not None
    assert (row.title, row.covers, row.due_on) == ("2026年度企业年度报告(工商年报)", 202600, dt.date(2027, 6, 18))
    assert (row.turn, [s["side"] for s in json.loads(row.steps)]) == ("client", ["client", "firm", "firm"])


async def test_made_twice_and_by_two_nodes_it_makes_none_twice(firm: TestFirm) -> None:
    counts = await asyncio.gather(made(firm, DECEMBER), made(firm, DECEMBER))
    assert sum(counts) == 8
    assert await made(firm, DECEMBER) == 0
    async with acting(firm, "accountant"):
        assert await Task.count() == 8


async def test_who_comes_after_the_list_was_made_gets_what_is_not_over(firm: TestFirm) -> None:
    """Taken over in the middle of February: neither the report of the year nor this month's return waits for the 25th; the statement's day is over."""
    february, day = Period(2027, 2), dt.date(2027, 2, 13)
    with in_scope(system_scope(firm.id)):
        assert await making.make_for_new_clients(day) == 0, "the firm makes no lists"
    async with acting(firm, "accountant"):
        await making.make([await use(Clients).client(firm.restaurant)], february)
    with in_scope(system_scope(firm.id)):
        assert await making.make_for_new_clients(day) > 0
        assert await making.make_for_new_clients(day) == 0
    assert await keys(firm, firm.trading, Period(2027, 1)) == {"annual_report"}
    assert "vat_return" in await keys(firm, firm.trading, february)
    assert "bank_statement" not in await keys(firm, firm.trading, february)
    assert await keys(firm, firm.restaurant, Period(2027, 1)) == set(), "who has a list has had their year's"


async def test_last_month_s_ticks_do_not_come_along(firm: TestFirm) -> None:
    await made(firm, DECEMBER)
    async with acting(firm, "accountant"):
        for row in await Task.select(Task.id).where(Task.client == firm.trading):
            await ticking.comment(row["id"], "老样子")
            await ticking.tick(row["id"], done=True)
    await made(firm, Period(2027, 1))
    async with acting(firm, "accountant"):
        rows = await Task.objects().where(Task.period == 202701)
        assert all(row.done_at is None and row.turn and not row.note.startswith("老") for row in rows)
        assert await made_entries(rows) == 0


async def made_entries(rows: list[Task]) -> int:
    found: int = await Entry.count().where(Entry.task.is_in([row.id for row in rows]))
    return found


async def test_a_client_who_comes_is_not_asked_for_months_before(firm: TestFirm) -> None:
    await made(firm, Period(2025, 1))
    assert await keys(firm, firm.trading, Period(2025, 1)) == {"annual_report"}
    await made(firm, Period(2025, 2))
    assert "bank_statement" in await keys(firm, firm.trading, Period(2025, 2))


async def test_a_template_for_a_package_and_a_change_for_coming_months_only(firm: TestFirm) -> None:
    due = Due(DueRule.WORKING_DAY, 10)
    async with acting(firm, "owner"):
        await use(Clients).record(firm.trading, NewFact(FactKind.SERVICE_PACKAGE, "全包", dt.date(2025, 1, 1)))
        id_ = await templates.save(
            None, TypedTemplate("交{covers}库存表", [Step("交库存表", Side.CLIENT, "document"), Step("核对", Side.FIRM)], due, package="全包")
        )
    await made(firm, DECEMBER)
    async with acting(firm, "owner"):
        row = await Task.objects().where(Task.title == "交11月库存表").first()
        assert row is not None
        assert (row.client, row.due_on) == (firm.trading, dt.date(2026, 12, 14)), "the tenth working day"
        assert await Task.count().where(Task.title == "交11月库存表") == 1
        changed = TypedTemplate("交{covers}盘点表", [Step("交盘点表", Side.CLIENT)], due, package="全包")
        assert await templates.save(id_, changed) == id_
    await made(firm, DECEMBER)
    await made(firm, Period(2027, 1))
    async with acting(firm, "owner"):
        found = await Task.select(Task.period, Task.title).where(Task.title.like("交%表")).order_by(Task.period)
        assert [(row["period"], row["title"]) for row in found] == [(202612, "交11月库存表"), (202701, "交12月盘点表")]
        await templates.save(id_, replace(changed, active=False))
    await made(firm, Period(2027, 2))
    async with acting(firm, "owner"):
        assert await Task.count().where(Task.title.like("交%表")) == 2


@pytest.mark.parametrize(
    ("due", "payer", "month", "day"),
    [
        (Due(DueRule.WORKING_DAY, 1), GENERAL, (2026, 10), dt.date(2026, 10, 8)),
        (Due(DueRule.WORKING_DAY, 10), GENERAL, (2026, 12), dt.date(2026, 12, 14)),
        (Due(DueRule.DAY, 31), GENERAL, (2026, 11), dt.date(2026, 11, 30)),
        (Due(DueRule.DAY, 3), GENERAL, (2026, 10), dt.date(2026, 10, 8)),
        (Due(DueRule.DEADLINE, 0, "vat"), GENERAL, (2026, 11), dt.date(2026, 11, 16)),
        (Due(DueRule.DEADLINE, 3, "vat"), GENERAL, (2026, 11), dt.date(2026, 11, 13)),
        (Due(DueRule.DEADLINE, 0, "vat"), SMALL, (2026, 11), None),
        (Due(DueRule.DEADLINE, 0, "cit_annual"), SMALL, (2026, 12), None),
    ],
)
async def test_due_days(firm: TestFirm, due: Due, payer: TaxpayerKind, month: tuple[int, int], day: dt.date | None) -> None:
    async with acting(firm, "accountant"):
        assert await MonthsCalendar(Period(*month), payer, "").due(due) == day


async def test_a_year_s_day_is_not_the_month_s(firm: TestFirm) -> None:
    """A month's and a year's template by the same rule: in a month without that return the year's has its day all the same, in either order."""
    due = Due(DueRule.DEADLINE, 0, "vat")
    async with acting(firm, "accountant"):
        calendar = MonthsCalendar(Period(2026, 11), SMALL, "")
        assert await calendar.due(due) is None
        assert await calendar.due(due, yearly=True) == dt.date(2027, 1, 15)
        assert await calendar.due(due) is None


async def test_a_template_that_is_sent_twice_is_one(firm: TestFirm) -> None:
    typed = TypedTemplate("交表", [Step("交表", Side.CLIENT)], Due(DueRule.DAY, 1))

    async def saved() -> int:
        async with acting(firm, "owner"):
            return await templates.save(None, typed)

    first, again = await asyncio.gather(saved(), saved())
    assert first == again
    async with acting(firm, "owner"):
        assert len([t for t in await templates.templates() if t.title == "交表"]) == 1
        assert await templates.save(None, replace(typed, package="全包")) != first
        told = await connection().fetchval("select count(*) from core_audit_entry where action = 'collab.template'")
    assert told == 2


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("collab.title_missing", {"title": " "}),
        ("collab.due_wrong", {"due": Due(DueRule.WORKING_DAY, 21)}),
        ("collab.due_wrong", {"due": Due(DueRule.DEADLINE, 3)}),
        ("collab.steps_wrong", {"steps": []}),
        ("collab.steps_wrong", {"steps": [Step(" ", Side.CLIENT)]}),
        ("collab.steps_wrong", {"steps": [Step("交表", Side.CLIENT)] * 21}),
        ("collab.steps_wrong", {"steps": [Step("长" * 101, Side.CLIENT)]}),
        ("collab.steps_wrong", {"steps": [Step("交表", Side.CLIENT, "gold")]}),
        ("collab.template_wrong", {"month": 13}),
        ("collab.template_wrong", {"feeds": "x" * 60}),
        ("collab.template_wrong", {"feeds": "nothing_of_ours"}),
        ("collab.template_wrong", {"due": Due(DueRule.DEADLINE, 3, "gold")}),
        ("collab.template_wrong", {"due": Due(DueRule.DEADLINE, 3, "x" * 60)}),
        ("collab.note_long", {"note": "长" * 401}),
        ("collab.package_long", {"package": "长" * 81}),
    ],
)
async def test_a_template_that_is_refused(firm: TestFirm, code: str, change: dict[str, object]) -> None:
    typed = TypedTemplate("交表", [Step("交表", Side.CLIENT)], Due(DueRule.DAY, 1))
    async with acting(firm, "owner"):
        with pytest.raises(Refusal) as refused:
            await templates.save(None, replace(typed, **change))  # type: ignore[arg-type]  # the table's
    assert refused.value.code == code
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await templates.save(None, typed)


async def test_saved_unchanged_a_template_is_as_before(firm: TestFirm) -> None:
    """Every step keeps what it asks for, the firm's too, and however many ask."""
    async with acting(firm, "owner"):
        before = {t.key: t for t in await templates.templates()}
        for known in before.values():
            same = TypedTemplate(
                known.title, known.steps, known.due, known.note, known.payer, known.package, known.month, known.feeds
            )
            await templates.save(known.id, same)
        assert {t.key: t for t in await templates.templates()} == before
    assert [s.asks for s in before["vat_return"].steps] == ["return_filed:vat", "return_filed:surcharges"]


async def test_the_job_of_the_25th_makes_the_month_that_comes(firm: TestFirm) -> None:
    with in_scope(system_scope(firm.id)):
        await next_month()
    async with scoped_transaction(system_scope(firm.id)):
        assert await Task.count().where(Task.period == Period.current().plus(1).number) >= 8


async def test_presets_have_words_in_english_and_what_the_owner_wrote_stays(firm: TestFirm, visit: Visit) -> None:
    await made(firm, DECEMBER)
    async with acting(firm, "accountant"):
        await ticking.assign(firm.restaurant, DECEMBER, "交库存表", "", dt.date(2026, 12, 20))
    boss = await visit("boss")
    assert (await Visitor(boss.http).post("/me/account/preferences", language="en")).status_code == 303
    shown = (await boss.get("/tasks?period=2026-12")).text
    assert "Bank statement of month 11" in shown
    assert "提供11月银行对账单" not in shown
    assert "交库存表" in shown


async def test_what_waits_is_in_the_reader_s_language(firm: TestFirm, visit: Visit) -> None:
    await made(firm, DECEMBER)
    async with acting(firm, "boss", client=firm.restaurant):
        letter = Letter("notice", dt.date(2026, 12, 20), "示税通〔2026〕7 号")
        await letters.hand_in(firm.restaurant, letter, "letter.jpg", "image/jpeg", b"a letter")
    boss, accountant = await visit("boss"), await visit("owner")
    for who, title in ((boss, "Bank statement of month 11"), (accountant, "Notice of the tax office 示税通〔2026〕7 号")):
        assert (await Visitor(who.http).post("/me/account/preferences", language="en")).status_code == 303
        part = (await who.ask("GET", "/waiting?whole=1", headers={"hx-request": "true"})).text
        assert title in part
        rows = [row for row in re.findall(r'<li class="item">.*?</li>', part, re.DOTALL) if "/tasks/" in row]
        assert len(rows) >= 2
        assert not re.search("[\u4e00-\u9fff]", "".join(rows).replace("示税通〔2026〕7 号", "")), rows
    (task,) = re.findall(r'href="[^"]*(/tasks/\d+)"[^>]*>[^<]*<span class="visually-hidden"> Notice', part)
    assert "Notice of the tax office 示税通〔2026〕7 号" in (await accountant.get(task)).text


async def test_only_months_near_by_are_made_by_hand(firm: TestFirm, visit: Visit) -> None:
    owner, clients = await visit("owner", of_firm=True), await visit("owner")
    for month in ("2099-12", "2001-01"):
        for who in (owner, clients):
            assert (await who.post("/tasks/month", period=month)).status_code == 422
        assert "生成清单" not in (await owner.get(f"/tasks?period={month}")).text
    async with acting(firm, "accountant"):
        assert await Task.count() == 0


async def test_a_template_s_form_with_what_nobody_offers(firm: TestFirm, visit: Visit) -> None:
    owner = await visit("owner", of_firm=True)
    good = {"title": "交表", "month": "0", "due_rule": "day", "due_number": "5", "side": "client", "step": "交表", "asks": "done", "active": "1"}
    for wrong in ({"due_rule": "moon"}, {"side": "bank"}, {"feeds": "y" * 100}, {"due_rule": "deadline", "due_tax": "z" * 100}):
        assert (await owner.post("/tasks/templates/new", **{**good, **wrong})).status_code == 422
    assert (await owner.post("/tasks/templates/new", **{**good, "feeds": "vat_return", "due_tax": "gold"})).status_code == 303, "not asked for"
    async with acting(firm, "owner"):
        (made,) = [t for t in await templates.templates() if t.title == "交表"]
        assert (made.feeds, made.due) == ("vat_return", Due(DueRule.DAY, 5))


async def test_the_form_knows_the_packages_that_clients_have(firm: TestFirm, visit: Visit) -> None:
    """A package that is written otherwise than in the clients' profiles is nobody's: the list says so."""
    async with acting(firm, "owner"):
        await use(Clients).record(firm.trading, NewFact(FactKind.SERVICE_PACKAGE, "全包", dt.date(2025, 1, 1)))
    owner = await visit("owner", of_firm=True)
    assert '<option value="全包">' in (await owner.get("/tasks/templates/new")).text
    form = {"title": "交表", "month": "0", "due_rule": "day", "due_number": "5", "side": "client", "step": "交表", "asks": "done", "active": "1"}
    for package, says in (("全包", "全包(1 家客户)"), ("全 包", "全 包(现在没有客户是这个套餐)")):
        assert (await owner.post("/tasks/templates/new", **{**form, "package": package})).status_code == 303
        assert says in (await owner.get("/tasks/templates")).text
