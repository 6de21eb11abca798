"""企业资料 as the firm keeps it and as the boss looks at it, through the whole portal."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.tenancy.fact_forms import quarter_key, quarters_until
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.periods import today
from zhangfang_sdk.profile import FactKind, NewFact, Profile, QuarterEnds
from zhangfang_sdk.services import use

HOME = "/profile"
PASSWORD = "eight quiet horses"


async def visitor_as(firm: TestFirm, role: str, client: int | None = None) -> str:
    async with scoped_transaction(system_scope(firm.id)):
        person = await make_member(
            login=f"{role}@x", name="李总" if client else "王会计", password=PASSWORD, role=role, client=client
        )
        if role == "accountant":
            await assign(person, [firm.restaurant])
    return await session_for(person)


@pytest_asyncio.fixture(loop_scope="session")
async def staff(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    token = await visitor_as(firm, "accountant")
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.restaurant}") as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="session")
async def boss(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    token = await visitor_as(firm, "boss", firm.restaurant)
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.restaurant}") as visitor:
        yield visitor


async def profile(firm: TestFirm) -> Profile:
    async with acting(firm, "accountant"):
        return await use(Clients).profile(firm.restaurant)


FORMS = {
    "legal_representative": {"value": "李文", "valid_from": "2026-01-01"},
    "registered_capital": {"value": "500万", "valid_from": "2026-01-01", "source": "business_licence"},
    "founded_on": {"value": "2019-05-06", "valid_from": "2026-01-01"},
    "registered_address": {"value": "杭州市西湖区文三路 1 号", "area": "330106", "valid_from": "2026-01-01"},
    "business_scope": {"value": "餐饮服务", "valid_from": "2026-01-01"},
    "taxpayer_kind": {"value": "general", "valid_from": "2026-04-01"},
    "industry": {"value": "trading", "valid_from": "2026-04-01"},
    "restricted_industry": {"value": "no", "valid_from": "2026-01-01"},
    "employees": {"quarter": "2026-Q3", "start": "8", "end": "11"},
    "total_assets": {"quarter": "2026-Q3", "start": "100万", "end": "1,234,567.89"},
    "taxable_income": {"year": "2026", "value": "-5000", "valid_from": "2026-01-01"},
    "loss": {"year": "2024", "value": "80000", "valid_from": "2026-01-01"},
    "service_package": {"value": "小规模基础套餐", "valid_from": "2026-01-01"},
    "contact": {"role": "tax", "name": "张敏", "phone": "138 0013 8000", "email": "z@x.cn", "valid_from": "2026-01-01"},
}


async def test_what_only_the_whole_year_tells_is_not_said_to_be_lacking(firm: TestFirm, staff: Visitor) -> None:
    """Within the year the taxes go by the books so far: the page says so as long as nothing else is missing."""
    year, quarter = today().year, (today().month + 2) // 3
    assert "小型微利企业:还不能判断" in (await staff.get(HOME)).text
    async with scoped_transaction(system_scope(firm.id)):
        await use(Clients).record(firm.restaurant, NewFact(FactKind.RESTRICTED_INDUSTRY, False, dt.date(year, 1, 1)))
        for place in range(1, quarter + 1):
            first = dt.date(year, 3 * place - 2, 1)
            await use(Clients).record(firm.restaurant, NewFact(FactKind.EMPLOYEES, QuarterEnds(9, 9), first))
            await use(Clients).record(firm.restaurant, NewFact(FactKind.TOTAL_ASSETS, QuarterEnds(10**8, 10**8), first))
    page = (await staff.get(HOME)).text
    assert "小型微利企业:只看全年所得" in page
    assert "按账上本年至今的所得判断" in page


def test_every_kind_has_a_form_here() -> None:
    assert set(FORMS) == set(FactKind)


@pytest.mark.parametrize("kind", FORMS)
async def test_a_fact_of_each_kind_is_entered_and_shown(staff: Visitor, firm: TestFirm, kind: str) -> None:
    form = await staff.get(f"{HOME}/{kind}")
    assert form.status_code == 200
    seen = re.search(r'name="seen" value="(\d+)"', form.text)
    assert seen is not None
    done = await staff.post(f"{HOME}/{kind}", **FORMS[kind], seen=seen[1])
    assert (done.status_code, done.text[:200]) == (303, "")
    history = await staff.get(f"{HOME}/{kind}")
    assert "王会计" in history.text
    assert "王会计" in (await staff.get(HOME)).text
    assert kind in [fact.kind for fact in (await profile(firm)).facts()]


OLDER, NEWER = (quarter_key(day) for day in quarters_until(today())[2:0:-1])


@pytest.mark.parametrize(
    ("kind", "names", "entries"),
    [
        ("employees", ("quarter", "start", "end"), [(OLDER, "8", "11"), (NEWER, "21", "22")]),
        ("total_assets", ("quarter", "start", "end"), [(OLDER, "100.00", "200.00"), (NEWER, "300.00", "400.00")]),
        ("loss", ("year", "value"), [("2023", "100.00"), ("2024", "200.00")]),
        ("contact", ("role", "name"), [("daily", "陈出纳"), ("finance", "钱财务")]),
    ],
)
async def test_the_form_is_filled_from_the_entry_that_is_changed(
    staff: Visitor, kind: str, names: tuple[str, ...], entries: list[tuple[str, ...]]
) -> None:
    """Of several in force the one whose link was followed: no other quarter, year or person."""
    for entry in entries:
        sent = {"valid_from": "2026-01-01"} | dict(zip(names, entry, strict=True))
        assert (await staff.post(f"{HOME}/{kind}", **sent)).status_code == 303
    links = re.findall(rf'href="([^"]*/profile/{kind}\?fact=\d+)"', (await staff.get(HOME)).text)
    forms = [(await staff.get(link)).text.partition("<main")[2] for link in links]
    assert len(links) == len(entries)
    for entry in entries:
        assert [all(_holds(form, value) for value in entry) for form in forms].count(True) == 1, entry


def _holds(form: str, value: str) -> bool:
    """In a box, or chosen of several."""
    return re.search(rf'<input[^>]* value="{re.escape(value)}"|<option value="{re.escape(value)}" selected', form) is not None


BAD = ("", "\x00", "\x1b[31m\u200b", "9" * 30, "9999-12-31", "x" * 5000, "-1", "１２", "<b>", "2026-02-30")


@pytest.mark.parametrize("kind", FORMS)
async def test_bad_input_is_told_and_changes_nothing(staff: Visitor, firm: TestFirm, kind: str) -> None:
    before = (await profile(firm)).facts()
    for name in FORMS[kind]:
        for bad in BAD:
            answer = await staff.post(f"{HOME}/{kind}", **(FORMS[kind] | {name: bad}))
            assert answer.status_code in (200, 303), (name, bad, answer.text[:500])
            if answer.status_code == 200:
                assert "field-error" in answer.text or "notice-bad" in answer.text, (name, bad)
    if kind in ("founded_on", "registered_capital", "taxable_income", "employees", "industry", "taxpayer_kind"):
        allowed = {"-1"} if kind == "taxable_income" else set()
        shown = {str(f.value) for f in (await profile(firm)).facts()} - {str(f.value) for f in before}
        assert not [s for s in shown if any(bad and bad in s for bad in BAD if bad not in allowed)]


async def test_what_holds_from_a_later_day_is_named_beside_what_holds_now(staff: Visitor, firm: TestFirm) -> None:
    """It is nothing of the profile yet, and nobody should enter it a second time; a day of another century is refused."""
    soon = today() + dt.timedelta(days=30)
    form = {"value": "general", "seen": "999999"}
    assert (await staff.post(f"{HOME}/taxpayer_kind", **form, valid_from=soon.isoformat())).status_code == 303
    shown = (await staff.get(HOME)).text
    assert re.search(rf"小规模纳税人</span><div class=\"sm\"><span[^>]*>(?:<svg.*?</svg>)?\s*{soon} 起</span> 一般纳税人</div>", shown)
    assert "还没到生效日期" in (await staff.get(f"{HOME}/taxpayer_kind")).text
    refused = await staff.post(f"{HOME}/taxpayer_kind", **form, valid_from="2099-01-01")
    assert "最多比今天晚一年" in refused.text
    assert "2099" not in (await staff.get(HOME)).text


async def test_who_comes_second_sees_what_is_there_now(staff: Visitor, firm: TestFirm) -> None:
    """Two tabs of the same form: the later one is told, and shows the newest state with what it had typed."""
    first = FORMS["registered_capital"] | {"seen": "0"}
    assert (await staff.post(f"{HOME}/registered_capital", **first)).status_code == 303
    assert (await staff.post(f"{HOME}/registered_capital", **first)).status_code == 303  # the same twice is one
    late = await staff.post(f"{HOME}/registered_capital", **(first | {"value": "600万"}))
    assert "刚刚有人更新过" in late.text
    assert "600万" in late.text
    assert "5,000,000.00" in late.text
    seen = re.search(r'name="seen" value="(\d+)"', late.text)
    assert seen is not None
    again = first | {"value": "600万", "seen": seen[1]}
    assert (await staff.post(f"{HOME}/registered_capital", **again)).status_code == 303
    assert len((await profile(firm)).facts()) == 3


async def test_the_boss_confirms_what_stands_on_the_page(staff: Visitor, boss: Visitor, firm: TestFirm) -> None:
    await staff.post(f"{HOME}/registered_capital", **FORMS["registered_capital"])
    part = {"hx-request": "true"}
    assert "核对公司资料(3 项)" in (await boss.ask("GET", "/waiting", headers=part)).text
    page = (await boss.get(HOME)).text
    assert "以上都没问题" in page
    assert "5,000,000.00" in page
    ids = re.findall(r'name="fact" value="(\d+)"', page)
    assert len(ids) == 3
    await staff.post(f"{HOME}/registered_capital", **(FORMS["registered_capital"] | {"value": "600万"}))
    # httpx sends a list as several fields of one name
    late = await boss.http.request(
        "POST",
        f"{boss.place}{HOME}/facts/confirm",
        data={"fact": ids},
        headers={"accept": "text/html", **await boss._tokens("")},
    )
    assert "刚刚有人更新过" in late.text
    assert not [f for f in (await profile(firm)).facts() if f.confirmed_at]
    for id_ in re.findall(r'name="fact" value="(\d+)"', (await boss.get(HOME)).text):
        assert (await boss.post(f"{HOME}/facts/confirm", fact=id_)).status_code == 303
    assert all(f.confirmed_by == "李总" for f in (await profile(firm)).facts())
    assert "没有等您确认的资料" in (await boss.get(HOME)).text
    assert "核对公司资料" not in (await boss.ask("GET", "/waiting", headers=part)).text
    assert "已确认" in (await staff.get(HOME)).text


async def test_the_boss_says_what_is_wrong_and_the_firm_sees_it(staff: Visitor, boss: Visitor, firm: TestFirm) -> None:
    await staff.post(f"{HOME}/registered_capital", **FORMS["registered_capital"])
    known = (await profile(firm)).registered_capital
    assert known is not None
    empty = await boss.post(f"{HOME}/facts/{known.id}/object")
    assert "请说明哪里不对" in empty.text
    for words in ("不" * 401, "不" * 6000):
        answer = await boss.post(f"{HOME}/facts/{known.id}/object", words=words)
        assert (answer.status_code, "最多 400 个字" in answer.text) == (200, True)
    assert (
        await boss.post(f"{HOME}/facts/{known.id}/object", quick="写错了", words="应为 <i>600</i> 万")
    ).status_code == 303
    assert "会计正在处理" in (await boss.get(HOME)).text
    desk = (await staff.get(HOME)).text
    assert "写错了 应为 &lt;i&gt;600&lt;/i&gt; 万" in desk
    listed = (await staff.http.get(f"/f/{firm.id}/clients", headers={"accept": "text/html"})).text
    assert "1 项待处理" in listed
    for place in (f"/f/{firm.id}", staff.place):
        waits = (await replace(staff, place=place).ask("GET", "/waiting?whole=1", headers={"hx-request": "true"})).text
        assert "企业资料有 1 项意见或建议待处理" in waits
        assert f'href="{staff.place}/profile"' in waits
    await staff.post(f"{HOME}/registered_capital", **(FORMS["registered_capital"] | {"value": "600万"}))
    assert "等您处理" not in (await staff.get(HOME)).text


async def test_a_proposal_is_accepted_or_refused(staff: Visitor, firm: TestFirm) -> None:
    async with acting(firm, "boss"):
        ids = [
            await use(Clients).propose(firm.restaurant, NewFact(FactKind.SERVICE_PACKAGE, name, today()))
            for name in ("甲套餐", "乙套餐")
        ]
    assert "甲套餐" in (await staff.get(HOME)).text
    assert "请写明原因" in (await staff.post(f"{HOME}/facts/{ids[0]}/withdraw")).text
    assert "最多 200 个字" in (await staff.post(f"{HOME}/facts/{ids[0]}/withdraw", reason="因" * 201)).text
    assert (await staff.post(f"{HOME}/facts/{ids[0]}/withdraw", reason="没有这个套餐")).status_code == 303
    assert (await staff.post(f"{HOME}/facts/{ids[1]}/accept")).status_code == 303
    known = (await profile(firm)).service_package
    assert known is not None
    assert known.value == "乙套餐"
    assert (await staff.post(f"{HOME}/facts/{ids[1]}/accept")).status_code == 409
    assert "没有这个套餐" in (await staff.get(f"{HOME}/service_package")).text


@pytest.mark.parametrize("kind", ["none", "loss%00", "９"])
async def test_an_unknown_kind_is_not_there(staff: Visitor, kind: str) -> None:
    assert (await staff.get(f"{HOME}/{kind}")).status_code == 404
    assert (await staff.post(f"{HOME}/{kind}", value="1")).status_code == 404


@pytest.mark.parametrize("fact", ["999999", "99999999999999999999", "-1"])
async def test_a_fact_that_is_not_there(staff: Visitor, boss: Visitor, fact: str) -> None:
    for visitor, what in ((staff, "accept"), (staff, "withdraw"), (boss, "object")):
        answer = await visitor.post(f"{HOME}/facts/{fact}/{what}", reason="x", words="x")
        assert answer.status_code == 404, answer.text[:300]


async def test_the_take_on_form_fills_the_first_facts(portal: Portal, firm: TestFirm) -> None:
    form = {
        "name": "清风茶馆", "tax_id": "91350100M000100Y43", "taxpayer_kind": "small_scale", "industry": "restaurant",
        "books_start": "2026-11", "legal_representative": "陈清", "registered_capital": "50万", "area": "350100",
        "registered_address": "福州市鼓楼区 1 号",
    }  # fmt: skip
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as owner:
        wrong = await owner.post("/clients/new", **(form | {"registered_capital": "很多"}))
        assert "看不懂" in wrong.text
        assert "陈清" in wrong.text
        for name, told in (("name", "不超过 120 个字"), ("legal_representative", "不超过 80 个字"), ("books_start", "月份")):
            wrong = await owner.post("/clients/new", **(form | {name: "长" * 6000}))
            assert told in wrong.text.split("field-error", 1)[1], name
        made = await owner.post("/clients/new", **form)
        assert made.status_code == 303, made.text[:2000]
    client = int(made.headers["location"].rstrip("/").split("/")[-1])
    async with acting(firm, "owner"):
        known = await use(Clients).profile(client)
        assert known.registered_capital is not None
        assert (known.registered_capital.value, known.registered_capital.valid_from.isoformat()) == (
            50_000_000,
            "2026-11-01",
        )
        assert len(await use(Clients).clients()) == 3
