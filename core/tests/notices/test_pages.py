"""The pages of messages (COLL-2)."""

import html
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.notices.service import KeptNotices
from zhangfang_core.testing.notices import DECLARING, declaring
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.tenants import TestFirm, acting, session_of
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.notices import Notice, NoticeKind

KIND = f"{DECLARING}.asked"


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    with declaring(NoticeKind("asked", "请确认", "{what}", permission="ledger.read")):
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def owner(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    async with portal.visitor(await session_of(firm, "owner"), f"/f/{firm.id}") as visitor:
        yield visitor


async def test_a_message_is_read_by_following_it(portal: Portal, firm: TestFirm) -> None:
    """COLL-2"""
    mine, theirs = await session_of(firm, "boss", firm.restaurant), await session_of(firm, "boss", firm.trading)
    async with acting(firm, "owner"):
        for client in (firm.restaurant, firm.trading):
            title = f"<b>请确认{client}</b>"
            await KeptNotices().send(Notice(client, KIND, f"k{client}", "/vouchers", {"what": title}))
    async with scoped_transaction(system_scope(firm.id)):
        message = await connection().fetchval(
            """select n.id from core_notice n join core_membership m on m."user" = n."user" and m.client = $1""",
            firm.restaurant,
        )
    there, next_door = f"/f/{firm.id}/c/{firm.restaurant}", f"/f/{firm.id}/c/{firm.trading}"
    async with portal.visitor(mine, there) as boss, portal.visitor(theirs, next_door) as neighbour:
        listed = await boss.get("/messages")
        assert listed.status_code == 200
        assert f"&lt;b&gt;请确认{firm.restaurant}&lt;/b&gt;" in listed.text
        assert f"请确认{firm.trading}" not in listed.text
        assert f"请确认{firm.restaurant}" not in (await neighbour.get("/messages")).text
        assert (await neighbour.post(f"/messages/{message}")).status_code == 404
        followed = await boss.post(f"/messages/{message}")
        assert (followed.status_code, followed.headers["location"]) == (303, f"{there}/vouchers")
        assert "请确认" not in (await boss.get("/messages?unread=true")).text
        assert "请确认" in (await boss.get("/messages")).text


async def test_all_messages_are_read_at_once(portal: Portal, firm: TestFirm) -> None:
    """COLL-2: one's own, and nobody else's."""
    mine = await session_of(firm, "boss", firm.restaurant, "mine")
    theirs = await session_of(firm, "boss", firm.restaurant, "theirs")
    async with acting(firm, "owner"):
        await KeptNotices().send(Notice(firm.restaurant, KIND, "k", "/vouchers", {"what": "请确认"}))
    there = f"/f/{firm.id}/c/{firm.restaurant}"
    async with portal.visitor(mine, there) as boss, portal.visitor(theirs, "/me") as other:
        assert (await boss.post("/messages/read")).status_code == 303
        assert "请确认" not in (await boss.get("/messages?unread=true")).text
        assert "请确认" in (await other.get("/messages?unread=true")).text


async def test_every_message_can_be_reached(
    portal: Portal, firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COLL-2: page after page, each message once, at a place and at one's own pages."""
    monkeypatch.setattr("zhangfang_core.notices.pages.MESSAGES_SHOWN", 2)
    mine = await session_of(firm, "boss", firm.restaurant)
    async with acting(firm, "owner"):
        for number in range(5):
            await KeptNotices().send(Notice(firm.restaurant, KIND, f"k{number}", "/vouchers", {"what": f"第{number}件"}))
    for place in (f"/f/{firm.id}/c/{firm.restaurant}", "/me"):
        async with portal.visitor(mine, place) as boss:
            for path in ("/messages", "/messages?unread=true"):
                found: list[str] = []
                further: str | None = path
                while further:
                    page = (await boss.get(further)).text
                    found += re.findall(r'"strong">(第\d件)<', page)
                    link = re.search(rf'href="{place}(/messages\?before=[^"]+)">', page)
                    further = None if link is None else html.unescape(link[1])
                assert found == [f"第{number}件" for number in (4, 3, 2, 1, 0)]
            assert (await boss.get("/messages?before=99999999999999999999")).status_code == 400


async def test_unread_ones_stay_unread_ones_on_the_next_page_and_when_one_arrives(
    portal: Portal, firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhangfang_core.notices.pages.MESSAGES_SHOWN", 1)
    mine = await session_of(firm, "boss", firm.restaurant)
    async with acting(firm, "owner"):
        for what in ("早的", "读过的", "新的"):
            await KeptNotices().send(Notice(firm.restaurant, KIND, what, "/vouchers", {"what": what}))
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_notice set read_at = now() where title = '读过的'")
    async with portal.visitor(mine, f"/f/{firm.id}/c/{firm.restaurant}") as boss:
        page = (await boss.get("/messages?unread=true")).text
        (again,) = re.findall(r'hx-get="[^"]*(/messages\?before[^"]*)"', page)
        (older,) = re.findall(r'href="[^"]*(/messages\?before[^"]*)"', page)
        for link, shown in ((again, "新的"), (older, "早的")):
            text = (await boss.get(html.unescape(link))).text
            assert f'<span class="strong">{shown}</span>' in text, link
            assert "读过的" not in text
