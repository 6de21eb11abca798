"""PLAT-8: who forgot the password asks for a link by mail; nobody learns from it who is there, and no link is taken away by it."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity import resets, set_up
from zhangfang_core.identity.forgotten import MAIL, mail_reset_link
from zhangfang_core.modules.afterwards import settled
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.post_office import PostOffice, make_reachable, post_office
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.vendors import VendorKind

PASSWORD, NEW = "eight quiet horses", "nine loud horses"
PAGE = "/sign-in/forgotten"
LINK = re.compile(r"https://portal\.test(/resets/[\w-]+)")


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Visitor]:
    monkeypatch.setenv("ZHANGFANG_PUBLIC_URL", "https://portal.test")
    chosen = replace(read_settings(), dsn=test_server.addresses(database).application)
    async with Portal(create_app(chosen)).visitor(None, origin="https://portal.test") as visitor:
        yield visitor


async def work(firm: TestFirm) -> int:
    """What a worker has to do of it; how many jobs there are so far."""
    await settled()
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select args::text as args from procrastinate_jobs where task_name = $1", MAIL)
    if rows:
        with in_scope(system_scope(firm.id)):
            await mail_reset_link(**json.loads(rows[-1]["args"])["arguments"])
    return len(rows)


def links(office: PostOffice) -> list[str]:
    return [found[1] for mail in office.mails if (found := LINK.search(mail.text)) is not None]


async def test_a_link_arrives_and_gives_a_new_password(firm: TestFirm, stranger: Visitor) -> None:
    await make_reachable(firm.id, firm.restaurant, "boss", "li", channels="")
    assert PAGE in (await stranger.get("/sign-in")).text
    with post_office(VendorKind.EMAIL) as office:
        answer = await stranger.post(PAGE, login=" LI ")
        assert "几分钟内会收到" in answer.text
        assert await work(firm) == 1
    (mail,) = office.mails
    assert mail.to == "li@example.cn"
    (link,) = links(office)
    assert (await stranger.post(link, password=NEW)).headers["location"] == "/sign-in"
    assert (await stranger.post("/sign-in", login="li", password=NEW)).headers["location"].startswith("/sign-in/news")
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch(
            "select action, user_name from core_audit_entry where firm = $1 and action like 'reset.%' order by id",
            firm.id,
        )
    assert [tuple(row) for row in rows] == [("reset.make", "未登录"), ("reset.use", "未登录")]


async def test_nobody_learns_who_is_there(firm: TestFirm, stranger: Visitor) -> None:
    await make_reachable(firm.id, firm.restaurant, "boss", "li")
    with post_office(VendorKind.EMAIL) as office:
        known, unknown, silent = [
            (await stranger.post(PAGE, login=login)).text for login in ("li", "nobody", "owner@嘉喜.example")
        ]
        assert await work(firm) == 1
    cleaned = [re.sub(r'value="[0-9a-f]{64,}"|content="[0-9a-f]{64,}"', "", text) for text in (known, unknown, silent)]
    assert cleaned[0] == cleaned[1] == cleaned[2]
    assert len(office.mails) == 1


async def test_who_belongs_to_two_firms_gets_none(firm: TestFirm, other_firm: TestFirm, stranger: Visitor) -> None:
    """The firm whose server sends the link could read it, and get at the other firm's books."""
    person = await make_reachable(firm.id, firm.restaurant, "boss", "li")
    async with scoped_transaction(system_scope(other_firm.id)):
        await set_up.join(person, "boss", other_firm.restaurant)
    with post_office(VendorKind.EMAIL) as office:
        assert "几分钟内会收到" in (await stranger.post(PAGE, login="li")).text
        assert await work(firm) == 0
    assert office.mails == []


async def test_asking_is_slowed_down_and_mails_are_few(firm: TestFirm, stranger: Visitor) -> None:
    li = await make_reachable(firm.id, firm.restaurant, "boss", "li")
    answers = [(await stranger.post(PAGE, login="li")).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    assert await stranger.post(PAGE, login="wang") is not None
    await settled()
    with post_office(VendorKind.EMAIL) as office, in_scope(system_scope(firm.id)):
        for _ in range(5):
            await mail_reset_link(li, "203.0.113.9")
    assert len(office.mails) == 3


async def test_an_admin_s_link_stays_and_a_used_one_takes_all_away(firm: TestFirm, stranger: Visitor) -> None:
    li = await make_reachable(firm.id, firm.restaurant, "boss", "li")
    async with acting(firm, "owner"):
        membership = await connection().fetchval('select id from core_membership where "user" = $1', li)
        made = await resets.make_for_member(membership, also_factor=False)
    with post_office(VendorKind.EMAIL) as office, in_scope(system_scope(firm.id)):
        for _ in range(2):
            await mail_reset_link(li, "203.0.113.9")
    assert (await stranger.post(f"/resets/{made.token}", password=NEW)).status_code == 303
    assert [(await stranger.post(link, password=NEW)).status_code for link in links(office)] == [410, 410]


async def test_a_mail_that_did_not_go_out_leaves_no_link(firm: TestFirm, stranger: Visitor) -> None:
    li = await make_reachable(firm.id, firm.restaurant, "boss", "li")
    with in_scope(system_scope(firm.id)):
        await mail_reset_link(li, "203.0.113.9")
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select bool_and(revoked_at is not null) from core_reset")


async def test_without_an_own_address_nothing_is_sent(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str
) -> None:
    """A link would lead wherever the stranger's request says."""
    await make_reachable(firm.id, firm.restaurant, "boss", "li")
    app = create_app(replace(settings, dsn=test_server.addresses(database).application))
    async with Portal(app).visitor(None) as visitor:
        with post_office(VendorKind.EMAIL):
            assert "请联系您的代账公司" in (await visitor.post(PAGE, login="li")).text
            assert await work(firm) == 0
