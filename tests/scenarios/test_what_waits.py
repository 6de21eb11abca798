"""等您处理 on the homes of a client, a firm and a person (DASH-4, COLL-1): one query for the list and the red dot."""

import asyncio
import datetime as dt
import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
import pytest_asyncio

from zhangfang_collab import ticking
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import join, make_person
from zhangfang_core.modules import registry as registering
from zhangfang_core.modules.afterwards import settled
from zhangfang_core.modules.troubles import troubles
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_core.web import navigation, pace
from zhangfang_core.web import waiting as host
from zhangfang_sdk.acting import acting as acting_plugin
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.waiting import Urgency, Waiting, WaitingItem, WaitingSource

PART = {"hx-request": "true"}
TITLES = re.compile(r'<span class="item-title">([^<]+)</span>')


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page waits for what answered within 0.25 s the last time, however busy the machine is."""
    monkeypatch.setattr(host, "LISTS_S", 0.25)


@pytest_asyncio.fixture(loop_scope="session")
async def boss_of_both(portal: Portal, firm: TestFirm, other_firm: TestFirm) -> AsyncIterator[Visitor]:
    """Boss of both firms' restaurants, with tasks in both and one of the neighbour."""
    person = None
    for home in (firm, other_firm):
        async with scoped_transaction(system_scope(home.id)):
            person = person or await make_person("li@example.com", "李总", OWNER_PASSWORD)
            await join(person, "boss", home.restaurant)
    assert person is not None
    for home, title, days in (
        (firm, "补齐发票", 2),
        (firm, "签字", -1),
        (other_firm, "交对账单", 0),
        (other_firm, "交合同", 40),
    ):
        await assign(home, home.restaurant, title, days)
    await assign(firm, firm.trading, "邻居的事", 0, Side.FIRM)
    for home in (firm, other_firm):
        async with acting(home, "boss"):
            known = (await use(Clients).profile(home.restaurant)).facts()
            await use(Clients).confirm(home.restaurant, [fact.id for fact in known])
    async with portal.visitor(await session_for(person)) as visitor:
        yield visitor


async def assign(firm: TestFirm, client: int, title: str, days: int, side: Side = Side.CLIENT) -> int:
    due = today() + dt.timedelta(days=days)
    async with acting(firm, "accountant"):
        return await ticking.assign(client, Period.of(due), title, "", due, side=side)


async def part(visitor: Visitor, place: str, query: str = "") -> list[str]:
    answer = await visitor.ask("GET", f"{place}/waiting{query}", headers=PART)
    assert answer.status_code == 200, answer.text
    return TITLES.findall(answer.text)


async def test_on_each_home(boss_of_both: Visitor, portal: Portal, firm: TestFirm, other_firm: TestFirm) -> None:
    visitor, there = boss_of_both, f"/f/{firm.id}/c/{firm.restaurant}"
    assert await part(visitor, there) == ["签字", "补齐发票"]
    assert await part(visitor, f"/f/{other_firm.id}/c/{other_firm.restaurant}") == ["交对账单", "交合同"]
    assert await part(visitor, "/me") == ["签字", "交对账单", "补齐发票"], "a home shows the first three"
    assert await part(visitor, "/me", "?whole=1") == ["签字", "交对账单", "补齐发票", "交合同"]
    home = (await visitor.get(f"{there}/cockpit")).text
    assert home.index('id="waiting"') < home.index('class="tiles"')
    assert TITLES.findall(home)[:2] == ["签字", "补齐发票"]
    assert f'href="{there}/tasks/' in home
    mine = (await visitor.get("/me")).text
    assert [t for t in TITLES.findall(mine) if "公司" not in t] == ["签字", "交对账单", "补齐发票"]
    assert "邻居的事" not in mine + home
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as owner:
        assert (await owner.get("/")).headers["location"] == f"/f/{firm.id}/waiting"
        listed = (await owner.get("/waiting")).text
        assert "邻居的事" in listed
        assert "嘉喜商贸有限公司" in listed
        assert "交对账单" not in listed


async def test_the_dot_is_the_list(boss_of_both: Visitor, firm: TestFirm) -> None:
    there = f"/f/{firm.id}/c/{firm.restaurant}"

    async def both() -> tuple[int, int]:
        return (await boss_of_both.get(f"{there}/badges")).json()["tasks"], len(
            await part(boss_of_both, there, "?whole=1")
        )

    assert await both() == (2, 2)
    third = await assign(firm, firm.restaurant, "第三件", 9)
    assert await both() == (3, 3)
    async with acting(firm, "boss"):
        await ticking.tick(third, done=True)
    assert await both() == (2, 2)


async def test_the_home_s_number_is_the_whole_list(boss_of_both: Visitor, firm: TestFirm) -> None:
    """On a phone 待办 stands behind 我的: the tab bar tells on every page how much waits."""
    there = f"/f/{firm.id}/c/{firm.restaurant}"
    await assign(firm, firm.restaurant, "第三件", 9)
    assert (await boss_of_both.get(f"{there}/badges")).json()["cockpit"] == 3
    bar = (await boss_of_both.get(f"{there}/tasks")).text.partition('class="tabbar"')[2].partition("</nav>")[0]
    assert re.findall(r'data-badge-for="cockpit"[^>]*><span data-count>(\d+)', bar) == ["3"]


async def test_a_place_s_number_is_what_waits_there(boss_of_both: Visitor, firm: TestFirm, other_firm: TestFirm) -> None:
    """On the person's own home: as many as the list of the place has, each thing once; messages that are not read are no such thing."""
    async with acting(firm, "owner"):
        await connection().execute(
            """insert into core_notice (firm, client, "user", kind, urgent, key, title, body, subject, mail, sms, link, created_at)
            select $1, $2, m."user", 'core.x', false, 'k', '消息', '', '', '', '', '', now() from core_membership m
            where m.firm = $1 and m.client = $2""",
            firm.id,
            firm.restaurant,
        )
    numbers = (await boss_of_both.get("/me/badges")).json()
    waiting = [len(await part(boss_of_both, f"/f/{home.id}/c/{home.restaurant}", "?whole=1")) for home in (firm, other_firm)]
    assert sorted(numbers.values()) == sorted(waiting) == [2, 2]
    assert (await boss_of_both.get(f"/f/{firm.id}/c/{firm.restaurant}/badges")).json()["messages"] == 1
    page = (await boss_of_both.get("/me")).text
    assert re.findall(r'data-badge-for="place-\d+"[^>]*><span data-count>(\d+)', page) == ["2", "2"]


async def test_nothing_waits(portal: Portal, firm: TestFirm) -> None:
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as owner:
        first = await owner.get("/waiting")
        assert first.status_code == 200
        assert "没有等您处理的事" in (await owner.ask("GET", "/waiting?whole=1", headers=PART)).text
        assert re.search(
            r'<section[^>]*id="waiting"[^>]* hidden', (await owner.ask("GET", "/waiting", headers=PART)).text
        )


def offered(monkeypatch: pytest.MonkeyPatch, *sources: WaitingSource) -> None:
    """The firm's only plugin with waiting lists gives these."""
    known = registering.registry()
    only = replace(known, modules={"collab": replace(known.modules["collab"], waiting=sources)})
    for module in (host, navigation):
        monkeypatch.setattr(module, "registry", lambda: only)
    monkeypatch.setattr(pace, "_last", {("collab", f"waiting {s.id}"): 0.01 for s in sources})


async def good(limit: int) -> Sequence[WaitingItem]:
    running = acting_plugin()
    return [WaitingItem(None, "好的", "去", "/tasks", Urgency.SOON)] if running and running.plugin == "collab" else []


async def raising(limit: int) -> Sequence[WaitingItem]:
    raise ValueError("broken")


async def in_sql(limit: int) -> Sequence[WaitingItem]:
    await connection().execute("select 1 / 0")
    return []


async def asleep(limit: int) -> Sequence[WaitingItem]:
    await asyncio.sleep(5)
    return []


async def leading_out(limit: int) -> Sequence[WaitingItem]:
    return [WaitingItem(None, "坏的", "去", "//elsewhere.example", Urgency.LATE)]


async def test_a_source_that_fails_or_dawdles_costs_only_itself(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = (raising, in_sql, asleep, leading_out)
    offered(monkeypatch, *(WaitingSource(load.__name__, "collab.read", load, ("tasks",)) for load in (*bad, good)))
    for _ in range(3):
        async with acting(firm, "owner"):
            began = time.monotonic()
            assert [w.item.title for w in await use(Waiting).items()] == ["好的"]
            assert time.monotonic() - began < in_time(1)
            assert (await navigation.badges(frozenset({"collab"}), {"tasks"}))["tasks"] == 1
            assert await connection().fetchval("select 1") == 1
        await settled()
    async with acting(firm, "owner"):
        assert {t.part for t in await troubles() if t.is_off} == {f"waiting {load.__name__}" for load in bad}


async def test_a_slow_source_comes_after_the_page(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, WaitingSource("good", "collab.read", good, topics=("collab",)))
    monkeypatch.setattr(pace, "_last", {})
    async with acting(firm, "owner"):
        first = await use(Waiting).panel()
        assert 'hx-trigger="load, live"' in first
        assert "好的" not in first
        whole = host.panel_of(await host.waiting_here())
        assert "好的" in whole
        assert "还在加载" not in whole
    async with acting(firm, "owner"):
        second = await use(Waiting).panel()
        assert "好的" in second
        assert "hx-trigger" not in second


async def test_a_number_that_is_not_whole_yet_says_so(
    boss_of_both: Visitor, firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first sight counts what was quick: "1+", in the list and at the place on one's own home."""

    async def more(limit: int) -> Sequence[WaitingItem]:
        return [WaitingItem(firm.restaurant, "第二批", "去", "/tasks", Urgency.SOON)]

    async def quick(limit: int) -> Sequence[WaitingItem]:
        return [WaitingItem(firm.restaurant, "第一批", "去", "/tasks", Urgency.SOON)]

    offered(monkeypatch, *(WaitingSource(load.__name__, "collab.read", load, ("tasks",)) for load in (quick, more)))
    monkeypatch.setattr(pace, "_last", {("collab", "waiting quick"): 0.01})
    first = (await boss_of_both.get(f"/f/{firm.id}/c/{firm.restaurant}/cockpit")).text
    section = first.partition('id="waiting"')[2].partition("</section>")[0]
    assert TITLES.findall(section) == ["第一批"]
    assert re.search(r'class="chip chip-bad">\s*(?:<[^>]+>)*1\+', section), section
    assert "其他事项还在加载" in section
    pace._last.pop(("collab", "waiting more"), None)
    assert 'data-late><span data-count>1<' in (await boss_of_both.get("/me")).text
    later = (await boss_of_both.ask("GET", f"/f/{firm.id}/c/{firm.restaurant}/waiting", headers=PART)).text
    assert TITLES.findall(later) == ["第一批", "第二批"]
    assert "还在加载" not in later


async def test_a_source_that_gives_very_much(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than was asked for is not looked at, and what people wrote at length is cut."""

    async def much(limit: int) -> Sequence[WaitingItem]:
        return [WaitingItem(None, "好的", "去", "/tasks", Urgency.SOON, note="长" * 100_000)] * limit + [None] * 1_000_000  # type: ignore[list-item]

    offered(monkeypatch, WaitingSource("much", "collab.read", much))
    async with acting(firm, "owner"):
        found = await host.waiting_here()
        assert len(host.panel_of(found, whole=True)) < 100_000
    assert {len(w.item.note) for w in found.waits} == {200}
    await settled()
    async with acting(firm, "owner"):
        assert await troubles() == []
