"""PLAT-8: a forgotten password is reset by a link, once; who gave it is told, and no firm's admin gets at another firm by it."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity import recovery, resets, set_up, sign_in
from zhangfang_core.identity.enter import enter
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.post_office import post_office
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.vendors import VendorKind

PASSWORD, NEW, SECRET = "eight quiet horses", "nine loud horses", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LINK = re.compile(r"http://portal\.test(/resets/[\w-]+)")


async def add(firm: TestFirm, login: str, role: str, client: int | None = None, totp: str | None = SECRET) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await set_up.make_member(
            login=login, name=login, password=PASSWORD, role=role, client=client, totp_secret=totp
        )


async def signed_in(login: str, password: str) -> str | None:
    async with DB.transaction():
        done = await sign_in.sign_in(login, password, address="203.0.113.9", user_agent="test")
    return None if done is None else done[0]


async def owed(token: str | None) -> str | None:
    async with scoped_transaction(Scope()):
        found = await enter(token, "")
    return None if found is None else found.owed


async def link_for(firm: TestFirm, person: int, *, also_factor: bool = False, role: str = "admin") -> str:
    async with acting(firm, role, name="周管理"):
        made = await resets.make_for_member(await membership_here(firm, person), also_factor=also_factor)
    return made.token


async def membership_here(firm: TestFirm, person: int) -> int:
    found: int = await connection().fetchval(
        """select id from core_membership where "user" = $1 and firm = $2""", person, firm.id
    )
    return found


async def choose(token: str, password: str = NEW) -> None:
    async with scoped_transaction(Scope()):
        await resets.choose_password(token, password, address="203.0.113.9")


async def membership_of(firm: TestFirm, person: int) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await membership_here(firm, person)


@pytest_asyncio.fixture(loop_scope="session")
async def portal(firm: TestFirm, settings: Settings, test_server: TestServer, database: str) -> Portal:
    return Portal(create_app(replace(settings, dsn=test_server.addresses(database).application)))


@pytest_asyncio.fixture(loop_scope="session")
async def admin(firm: TestFirm, portal: Portal) -> AsyncIterator[Visitor]:
    person = await add(firm, "adm", "admin")
    async with portal.visitor(await session_for(person), f"/f/{firm.id}") as visitor:
        yield visitor


async def test_a_link_gives_a_new_password_and_ends_every_session(firm: TestFirm) -> None:
    wang = await add(firm, "wang", "accountant")
    before = await session_for(wang)
    token = await link_for(firm, wang)
    assert await owed(before) == ""
    await choose(token)
    assert await owed(before) is None
    assert await signed_in("wang", PASSWORD) is None
    assert await owed(await signed_in("wang", NEW)) == "code", "the second factor stays"
    with pytest.raises(Refusal, match=r"reset\.over"):
        await choose(token, "ten other horses")


async def test_the_second_factor_goes_when_the_admin_says_so(firm: TestFirm) -> None:
    wang = await add(firm, "wang", "accountant")
    async with scoped_transaction(Scope(user=wang)):
        codes = await recovery.make(wang)
    await choose(await link_for(firm, wang, also_factor=True))
    assert await owed(await signed_in("wang", NEW)) == ""
    async with scoped_transaction(Scope(user=wang)):
        assert not await recovery.spend(wang, codes[0])
    liu = await add(firm, "liu", "admin")
    await choose(await link_for(firm, liu, also_factor=True))
    assert await owed(await signed_in("liu", NEW)) == "enrol", "the role must have one"


async def test_a_newer_link_a_day_and_a_new_password_void_it(firm: TestFirm) -> None:
    wang = await add(firm, "wang", "accountant", totp=None)
    first, second = await link_for(firm, wang), await link_for(firm, wang)
    with pytest.raises(Refusal, match=r"reset\.over"):
        await choose(first)
    async with scoped_transaction(Scope(user=wang)):
        await sign_in.change_password("some other horses", "")
    with pytest.raises(Refusal, match=r"reset\.over"):
        await choose(second)
    third = await link_for(firm, wang)
    with pytest.raises(Refusal, match=r"password\.weak"):
        await choose(third, "wang")
    await choose(third)


async def test_a_link_is_good_for_a_day_and_no_longer(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    wang = await add(firm, "wang", "accountant", totp=None)
    await link_for(firm, wang)
    async with scoped_transaction(Scope(user=wang)):
        good_for = await connection().fetchval('select expires_at - made_at from core_reset where "user" = $1', wang)
    assert good_for == dt.timedelta(days=1)
    monkeypatch.setattr(resets, "GOOD_FOR", dt.timedelta(seconds=-1))
    expired = await link_for(firm, wang)
    async with scoped_transaction(Scope()):
        assert await resets.look(expired) is None
    with pytest.raises(Refusal, match=r"reset\.over"):
        await choose(expired)


async def test_who_may_be_reset_by_the_firm(firm: TestFirm, other_firm: TestFirm) -> None:
    """Not an owner, not oneself, nobody of another firm."""
    liu, stranger = await add(firm, "liu", "admin"), await add(other_firm, "zhao", "accountant")
    owner, own, theirs = [
        await membership_of(at, person) for at, person in ((firm, firm.owner), (firm, liu), (other_firm, stranger))
    ]
    for who, code in ((owner, r"reset\.operator_only"), (own, r"member\.self"), (theirs, r"common\.not_found")):
        async with acting(firm, "admin", user=liu):
            with pytest.raises(Refusal, match=code):
                await resets.make_for_member(who, also_factor=False)
    for role in ("accountant", "reviewer", "boss"):
        async with acting(firm, role):
            with pytest.raises(Refusal, match=r"access\.forbidden"):
                await resets.make_for_member(own, also_factor=False)
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await resets.make_for_login("liu", also_factor=False)


async def test_an_admin_gets_no_link_of_somebody_of_another_firm_too(
    firm: TestFirm, other_firm: TestFirm, admin: Visitor
) -> None:
    """The link opens the other firm's books as well, and whoever runs the mail server reads it."""
    both = await add(firm, "both", "accountant", totp=None)
    await add(other_firm, "both", "accountant")
    async with scoped_transaction(Scope(user=both)):
        await connection().execute(
            """insert into core_contact_point ("user", kind, address, verified_at) values ($1, 'email', 'both@x.example', now())""",
            both,
        )
    with post_office(VendorKind.EMAIL) as office:
        refused = await admin.post(f"/people/{await membership_of(firm, both)}/reset")
    assert refused.status_code == 409
    assert "系统运维人员" in refused.text
    assert not LINK.search(refused.text)
    assert office.mails == []


async def test_through_the_pages_and_told_at_the_next_sign_in(firm: TestFirm, admin: Visitor, portal: Portal) -> None:
    li = await add(firm, "li", "boss", firm.restaurant)
    page = f"/people/{await membership_of(firm, li)}"
    assert "重设密码" in (await admin.get(page)).text
    link = LINK.search((await admin.post(f"{page}/reset", also_factor="1")).text)
    assert link is not None
    async with portal.visitor(None) as visitor:
        assert "li" in (await visitor.get(link[1])).text
        assert "密码太短" in (await visitor.post(link[1], password="x")).text
        assert (await visitor.post(link[1], password=NEW)).headers["location"] == "/sign-in"
        assert "已经用过或过期" in (await visitor.get(link[1])).text
        assert (await visitor.post(link[1], password=NEW)).status_code == 410
        done = await visitor.post("/sign-in", login="li", password=NEW, next="/me/account")
        assert done.headers["location"] == "/sign-in/news?next=/me/account"
        text = (await visitor.get("/sign-in/news?next=/me/account")).text
        assert "adm 在" in text
        assert "动态验证码和通行密钥也被清除了" in text
        await visitor.post("/sign-in/news")
        assert (await visitor.post("/sign-in", login="li", password=NEW)).headers["location"] == "/"
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch(
            "select action, user_name from core_audit_entry where firm = $1 and action like 'reset.%' order by id", firm.id
        )
    assert [tuple(row) for row in rows] == [("reset.make", "adm"), ("reset.use", "未登录")]


async def test_the_operator_resets_an_owner(firm: TestFirm, portal: Portal) -> None:
    operator = await set_up.make_operator(login="op", name="运维", password=PASSWORD, totp_secret=SECRET)
    async with portal.visitor(await session_for(operator)) as visitor:
        assert "没有找到" in (await visitor.post("/operator/resets", login="nobody")).text
        assert "请在“我的”里修改" in (await visitor.post("/operator/resets", login="op")).text
        answer = await visitor.post("/operator/resets", login="OWNER@嘉喜.example")
    link = LINK.search(answer.text)
    assert link is not None
    await choose(link[1].removeprefix("/resets/"))
    assert await signed_in("owner@嘉喜.example", NEW) is not None
    async with scoped_transaction(system_scope(firm.id)):
        row = await connection().fetchrow(
            "select user_name, subject from core_audit_entry where firm = $1 and action = 'reset.make'", firm.id
        )
    assert row is not None
    assert tuple(row) == ("运维", f"core_user:{firm.owner}")
