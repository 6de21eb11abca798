"""The firm's log of what went out, what people decide of it, and the window of what is urgent (COLL-2)."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import join, make_person
from zhangfang_core.notices.delivery import deliver
from zhangfang_core.testing.notices import DECLARING, declaring
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.post_office import PostOffice, make_reachable, post_office
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.notices import Notice, NoticeKind, Notices
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import VendorAway

LOG = "/messages/deliveries"


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    with declaring(
        NoticeKind(
            "alarm", "工商年报提醒", "{what}", "<b>今天</b>截止", sms="{what}", urgent=True, permission="ledger.read"
        ),
        NoticeKind("asked", "请确认发票", "{what}", permission="ledger.read"),
    ):
        yield


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def boss(firm: TestFirm) -> int:
    return await make_reachable(firm.id, firm.restaurant, "boss", "li")


@pytest_asyncio.fixture(loop_scope="session")
async def owner(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as visitor:
        yield visitor


async def send(firm: TestFirm, key: str, kind: str = "alarm") -> None:
    async with acting(firm, "owner"):
        await use(Notices).send(Notice(firm.restaurant, f"{DECLARING}.{kind}", key, "/vouchers", {"what": key}))
    with in_scope(system_scope(firm.id)):
        await deliver()


async def uncertain(firm: TestFirm) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        found: int = await connection().fetchval("select id from core_notice_delivery where state = 'uncertain'")
        return found


async def test_the_firm_reads_what_became_of_each(
    firm: TestFirm, boss: int, owner: Visitor, office: PostOffice
) -> None:
    office.fails = [VendorAway("broke off"), VendorAway("broke off")]
    await send(firm, "<i>年报</i>")
    page = (await owner.get(LOG)).text
    assert "&lt;i&gt;年报&lt;/i&gt;" in page
    for words in ("不确定", "发送途中断开", "等待发送", "定于 20", "工商年报提醒", "li***@example.cn"):
        assert words in page, words
    for state in ("", "left_out", "nowhere"):
        assert "没有验证这个联系方式" in (await owner.get(f"{LOG}?state={state}")).text, state
    assert "没有验证这个联系方式" not in (await owner.get(f"{LOG}?state=failed")).text
    assert "不确定</span>" not in (await owner.get(f"{LOG}?state=waiting")).text
    assert "li***@" not in (await owner.get(f"{LOG}?channel=sms")).text
    assert "没有符合条件的记录" in (await owner.get(f"{LOG}?q=nobody")).text
    assert "年报" in (await owner.get(f"{LOG}?q=餐饮")).text


async def test_a_person_decides_what_is_uncertain(
    firm: TestFirm, boss: int, owner: Visitor, office: PostOffice
) -> None:
    office.fails = [VendorAway("broke off"), VendorAway("broke off")]
    await send(firm, "年报")
    row = await uncertain(firm)
    assert (await owner.post(f"{LOG}/{row}/again")).status_code == 303
    assert (await owner.post(f"{LOG}/{row}/again")).status_code == 409
    with in_scope(system_scope(firm.id)):
        await deliver()
    assert len(office.texts) == 1
    office.fails = [VendorAway("broke off"), VendorAway("broke off")]
    await send(firm, "又一条")
    row = await uncertain(firm)
    assert (await owner.post(f"{LOG}/{row}/arrived")).status_code == 303
    page = (await owner.get(f"{LOG}?channel=sms")).text
    assert "人工确认对方已收到" in page
    assert "由 周老板 处理" in page
    assert (await owner.post(f"{LOG}/{row}/arrived")).status_code == 409
    assert len(office.texts) == 1


async def test_the_log_is_for_those_who_may_read_it(portal: Portal, firm: TestFirm, boss: int) -> None:
    async with portal.visitor(await session_for(boss), f"/f/{firm.id}") as visitor:
        assert (await visitor.get(LOG)).status_code == 404


@pytest.mark.parametrize("query", ["state=%00", "channel=x", "q=" + "x" * 5000, "before=9999999999999999999999"])
async def test_filters_take_whatever_is_typed(owner: Visitor, query: str) -> None:
    assert (await owner.get(f"{LOG}?{query}")).status_code in (200, 400)


async def test_what_is_urgent_stands_before_every_page(portal: Portal, firm: TestFirm, boss: int) -> None:
    """Until the person says that they have seen it; one after the other; at their own pages it is fetched."""
    await send(firm, "普通", "asked")
    there = f"/f/{firm.id}/c/{firm.restaurant}"
    async with (
        portal.visitor(await session_for(boss), there) as visitor,
        portal.visitor(await session_for(boss), "/me") as at_home,
    ):
        assert "alertdialog" not in (await visitor.get("/messages")).text
        await send(firm, "第一条")
        await send(firm, "第二条")
        page = (await visitor.get("/account")).text
        assert "第一条" in page
        assert "&lt;b&gt;今天&lt;/b&gt;截止" in page
        assert "还有 1 条" in page
        assert "/me/messages/urgent" in (await at_home.get("")).text
        part = (await at_home.get("/messages/urgent")).text
        assert "第一条" in part
        first = int(part.split("/messages/", 1)[1].split("/", 1)[0])
        again = await at_home.ask("POST", f"/messages/{first}/seen", headers={"hx-request": "true"})
        assert "第二条" in again.text
        assert "第一条" not in again.text
        second = int(again.text.split("/messages/", 1)[1].split("/", 1)[0])
        assert (await visitor.post(f"/messages/{second}/seen")).status_code == 303
        assert "alertdialog" not in (await visitor.get("/account")).text
        assert (await visitor.post("/messages/999999/seen")).status_code == 404


async def test_what_is_urgent_stands_once_for_who_is_there_twice(portal: Portal, firm: TestFirm, boss: int) -> None:
    """Who is of the firm and of its client reads it at both places; at their own pages it is one message."""
    async with scoped_transaction(system_scope(firm.id)):
        await join(boss, role="owner", client=None)
    await send(firm, "只有一条")
    async with portal.visitor(await session_for(boss), "/me") as at_home:
        part = (await at_home.get("/messages/urgent")).text
    assert "只有一条" in part
    assert "还有" not in part


async def test_closing_a_kind(portal: Portal, firm: TestFirm, boss: int, owner: Visitor, office: PostOffice) -> None:
    """The firm sees who closed what; urgent kinds cannot be closed; other kinds stay as they were."""
    there = f"/f/{firm.id}/c/{firm.restaurant}"
    async with (
        portal.visitor(await session_for(boss), there) as visitor,
        portal.visitor(await session_for(boss), "/me") as at_home,
    ):
        page = (await at_home.get("/messages/choices")).text
        assert "请确认发票" in page
        assert "工商年报提醒" not in page
        assert (await visitor.post("/messages/choices", **{"kind_core.profile_to_confirm": "1"})).status_code == 303
        async with acting(firm, "owner"):
            kept = await connection().fetch('select kind from core_notice_opt_out where "user" = $1', boss)
        assert f"{DECLARING}.asked" in {row["kind"] for row in kept}
        assert "core.profile_to_confirm" not in {row["kind"] for row in kept}
    await send(firm, "发票", "asked")
    page = (await owner.get(LOG)).text
    assert "本人关闭了这类通知" in page
    assert "li · 请确认发票" in page
    assert not office.sent


async def test_people_without_contact_stand_on_the_log_and_are_asked_for_one(
    portal: Portal, owner: Visitor, firm: TestFirm, boss: int, office: PostOffice
) -> None:
    """What did not go to them stands there with its reason, above it each person with the way to ask them; they find it on their screen, once a day."""
    async with scoped_transaction(system_scope(firm.id)):
        silent = await make_person("silent@test", "沉默的股东", "a long enough secret")
        await join(silent, "boss", firm.restaurant)
    await send(firm, "甲")
    page = (await owner.get(LOG)).text
    assert "人没有留联系方式" in page
    for state in ("", "nowhere"):
        assert "沉默的股东" in (await owner.get(f"{LOG}?state={state}")).text.split('id="deliveries"')[-1], state
    async with scoped_transaction(system_scope(firm.id)):
        of = {
            r["user"]: r["id"]
            for r in await connection().fetch('select "user", min(id) as id from core_notice_delivery group by 1')
        }
    asked = [await owner.post(f"{LOG}/{of[silent]}/ask") for _ in range(2)]
    assert [answer.status_code for answer in asked] == [303, 303]
    assert (await owner.post(f"{LOG}/{of[boss]}/ask")).status_code == 409, "who can be reached"
    async with portal.visitor(await session_for(silent), f"/f/{firm.id}/c/{firm.restaurant}") as visitor:
        assert "请留下手机号或邮箱" in (await visitor.get("/messages")).text
    async with scoped_transaction(system_scope(firm.id)):
        told = await connection().fetch("select 1 from core_notice where kind = 'core.contact_wanted'")
    assert len(told) == 1
