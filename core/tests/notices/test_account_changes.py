"""PLAT-8: whoever's way of signing in changed is told, on the screen and by e-mail at any hour, by every firm where they belong."""

import datetime as dt
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity import contact_codes, resets
from zhangfang_core.identity.account_trail import TELL_FORMER, TELL_PERSON
from zhangfang_core.notices.account_changes import tell_account_change, tell_former_address
from zhangfang_core.notices.delivery import deliver
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.passkeys import SoftPasskey
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.post_office import make_reachable, post_office
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.vendors import NoVendorAnswered, VendorAway, VendorRefused

ORIGIN, PASSWORD, NEW = "http://portal.localhost:8400", "eight quiet horses", "nine quiet horses"
AT_NIGHT = dt.datetime(2026, 11, 29, 3, 0, tzinfo=BUSINESS_TIME_ZONE)
"""A Sunday."""


async def work(firm: int) -> None:
    """What is queued to tell people, as a worker does it."""
    for arguments in await queued(firm, TELL_PERSON):
        with in_scope(system_scope(firm)):
            await tell_account_change(**arguments)


async def queued(firm: int, job: str) -> list[dict[str, Any]]:
    async with scoped_transaction(system_scope(firm)):
        rows = await connection().fetch(
            "select args::text as args from procrastinate_jobs where task_name = $1 and status = 'todo' order by id", job
        )
    return [said["arguments"] for row in rows if (said := json.loads(row["args"]))["firm"] == firm]


async def told(person: int) -> list[str]:
    async with scoped_transaction(Scope(user=person)):
        firms = [row["firm"] for row in await connection().fetch("select distinct firm from app_places()")]
    found: list[str] = []
    for firm in sorted(firms):
        async with scoped_transaction(system_scope(firm)):
            rows = await connection().fetch(
                """select title from core_notice where firm = $1 and "user" = $2 and kind = 'core.account_changed' order by id""",
                firm,
                person,
            )
        found += [row["title"] for row in rows]
    return found


@pytest.fixture
def portal(settings: Settings, test_server: TestServer, database: str) -> Portal:
    return Portal(create_app(replace(settings, dsn=test_server.addresses(database).application)))


async def passkey_made(visitor: Visitor) -> None:
    begun = await visitor.post("/me/account/passkeys/new", password=PASSWORD)
    options = begun.text.partition('data-options="')[2].partition('"')[0].replace("&#34;", '"')
    assert (
        await visitor.post("/me/account/passkeys", name="手机", passkey=SoftPasskey(ORIGIN).make(options))
    ).status_code == 200


async def test_a_new_passkey_is_told_by_mail_at_any_hour(firm: TestFirm, portal: Portal) -> None:
    li = await make_reachable(firm.id, firm.restaurant, "boss", "li")
    async with portal.visitor(await session_for(li), origin=ORIGIN) as visitor:
        await passkey_made(visitor)
    await work(firm.id)
    await work(firm.id)
    assert await told(li) == ["您的账号添加了通行密钥"], "once"
    with post_office() as office, in_scope(system_scope(firm.id)):
        await deliver(lambda: AT_NIGHT)
    (mail,) = office.mails
    assert (mail.to, mail.subject) == ("li@example.cn", "您的账号添加了通行密钥")
    assert "不是您本人操作" in mail.text


async def test_another_phone_number_is_told_and_the_first_and_the_same_are_not(
    firm: TestFirm, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sits at an open screen could have codes and messages sent elsewhere, and its person would hear of nothing."""
    monkeypatch.setattr(contact_codes, "SECONDS_BETWEEN", 0)
    li = await make_reachable(firm.id, firm.restaurant, "boss", "li")
    async with scoped_transaction(Scope(user=li)):
        await connection().execute("""delete from core_contact_point where "user" = $1 and kind = 'phone'""", li)
    pages, there = "/account/contacts/phone", f"/f/{firm.id}/c/{firm.restaurant}"
    for phone, words in (("13800138001", 0), ("13800138001", 0), ("13800138002", 1)):
        with post_office() as office:
            async with portal.visitor(await session_for(li), there) as visitor:
                assert (await visitor.post(f"{pages}/code", address=phone)).status_code == 303
                assert (await visitor.post(f"{pages}/confirm", code=office.texts[-1].values["code"])).status_code == 303
        await work(firm.id)
        assert await told(li) == ["您的账号更换了手机号或邮箱"] * words
    async with scoped_transaction(system_scope(firm.id)):
        actions = await connection().fetch("select action from core_audit_entry where action like 'contact.%' order by id")
    assert [row["action"] for row in actions] == ["contact.verify", "contact.verify", "contact.change"]


async def test_the_former_address_is_told(firm: TestFirm, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who took an account over reads the new one: its person hears of it where they always did."""
    monkeypatch.setattr(contact_codes, "SECONDS_BETWEEN", 0)
    li = await make_reachable(firm.id, firm.restaurant, "boss", "li")
    pages, there = "/account/contacts", f"/f/{firm.id}/c/{firm.restaurant}"
    with post_office() as office:
        async with portal.visitor(await session_for(li), there) as visitor:
            await visitor.post(f"{pages}/email/code", address="thief@example.cn", password=PASSWORD)
            code = re.findall(r"\b\d{6}\b", office.mails[-1].text)[0]
            assert await queued(firm.id, TELL_FORMER) == []
            assert (await visitor.post(f"{pages}/email/confirm", code=code)).status_code == 303
            assert (await visitor.post(f"{pages}/phone/remove")).status_code == 303
            assert (await visitor.post(f"{pages}/phone/remove")).status_code == 303
        office.sent.clear()
        todo = await queued(firm.id, TELL_FORMER)
        assert [said["kind"] for said in todo] == ["email", "phone"], "each once, and nobody of what was not there"
        for arguments in todo * 2:
            with in_scope(system_scope(firm.id)):
                await tell_former_address(**arguments)
        mail, text = office.mails[0], office.texts[0]
        assert (mail.to, mail.subject) == ("li@example.cn", "您的账号更换了手机号或邮箱")
        assert "请马上联系代账公司“嘉喜”" in mail.text
        assert (text.phone, text.template) == (f"+86138{li:08}", "notice")
        assert len(text.values["text"]) <= 35
        assert len({sent.key for sent in office.sent}) == 2, "the same message has the same key"


async def test_a_former_address_that_cannot_be_told_is_tried_again_where_that_helps(firm: TestFirm) -> None:
    said = {"kind": "email", "address": "li@example.cn", "action": "contact.change", "at": "2026-11-27T10:00:00+00:00"}
    with in_scope(system_scope(firm.id)):
        await tell_former_address(**said)
        with post_office() as office:
            office.fails = [VendorRefused("email.bad_address", "没有这个邮箱。")]
            await tell_former_address(**said)
            office.fails = [VendorAway("not reached", maybe_done=False)] * 9
            with pytest.raises(NoVendorAnswered):
                await tell_former_address(**said)
            assert not office.sent


async def test_a_new_password_is_told_by_each_firm(firm: TestFirm, other_firm: TestFirm, portal: Portal) -> None:
    both = await make_reachable(firm.id, firm.restaurant, "boss", "both")
    async with scoped_transaction(system_scope(other_firm.id)):
        await connection().execute(
            """insert into core_membership (firm, "user", client, role, active) values ($1, $2, $3, 'boss', true)""",
            other_firm.id,
            both,
            other_firm.trading,
        )
    async with portal.visitor(await session_for(both)) as visitor:
        await visitor.post("/me/account/password", current=PASSWORD, password=NEW)
    for each in (firm, other_firm):
        await work(each.id)
    assert await told(both) == ["您的账号修改了密码"] * 2


@pytest.mark.parametrize("also_factor", [True, False])
async def test_a_reset_is_told_and_shows_the_passkeys_that_stay(
    firm: TestFirm, portal: Portal, also_factor: bool
) -> None:
    li = await make_reachable(firm.id, firm.restaurant, "boss", "li")
    async with portal.visitor(await session_for(li), origin=ORIGIN) as visitor:
        await passkey_made(visitor)
    async with acting(firm, "owner"):
        membership = await connection().fetchval('select id from core_membership where "user" = $1', li)
        made = await resets.make_for_member(membership, also_factor=also_factor)
    async with scoped_transaction(Scope()):
        await resets.choose_password(made.token, NEW, address="203.0.113.9")
    await work(firm.id)
    assert (await told(li))[-1] == "您的账号用链接重设了密码"
    async with portal.visitor(await session_for(li), origin=ORIGIN) as visitor:
        news = (await visitor.get("/sign-in/news")).text
    assert ("还有 1 个通行密钥" in news) is not also_factor
    assert ("手机" in news.partition("还有 1 个通行密钥")[2]) is not also_factor
