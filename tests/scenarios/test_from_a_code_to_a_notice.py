"""A boss gives an address, types the code that arrives there, and is sent a notice there: real servers on this machine (COLL-2)."""

import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.local_vendors import choose_both, local_servers
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.notices.delivery import deliver
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.notices import DECLARING, declaring
from zhangfang_core.testing.portal import Visitor
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_core.testing.vendors import OFFERING, offering
from zhangfang_messaging.aliyun_sms import aliyun_vendor
from zhangfang_messaging.smtp import smtp_vendor
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.notices import Notice, NoticeKind, Notices
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.services import use

HOME = "/account/contacts"
ADDRESSES = {"email": "li.boss@example.cn", "phone": "138 0013 8000"}
ASKED = NoticeKind(
    "asked", "请确认", "请确认{what}", "请核对以后确认。", "待确认:{what}", "", "请确认{what}", permission="ledger.read"
)
WORKING_HOURS = dt.datetime(2026, 11, 26, 10, tzinfo=BUSINESS_TIME_ZONE)
NIGHT = dt.datetime(2026, 11, 26, 0, 5, tzinfo=BUSINESS_TIME_ZONE)


@pytest_asyncio.fixture(loop_scope="session")
async def servers(firm: TestFirm, tmp_path: Path) -> AsyncIterator[tuple[Any, Any]]:
    async with local_servers(tmp_path) as (post, texts):
        with offering(smtp_vendor(post.trusted), aliyun_vendor(texts.endpoint)), declaring(ASKED):
            await choose_both(firm, post, texts, OFFERING)
            yield post, texts


def code_in(kind: str, post: Any, texts: Any) -> str:
    """What the person reads of the one message that arrived."""
    if kind == "email":
        (mail,) = post.inbox
        assert (mail["To"], "验证" in mail["Subject"]) == (ADDRESSES[kind], True)
        found = re.findall(r"\b\d{6}\b", mail.get_body(("plain",)).get_content())
    else:
        (sent,) = texts.sent
        assert (sent["PhoneNumbers"], sent["TemplateCode"]) == ("+8613800138000", "SMS_1")
        found = [json.loads(sent["TemplateParam"])["code"]]
    assert len(found) == 1
    return str(found[0])


async def ask(firm: TestFirm, moment: dt.datetime, what: str) -> None:
    async with acting(firm, "owner"):
        await use(Notices).send(Notice(firm.restaurant, f"{DECLARING}.asked", what, "/vouchers", {"what": what}))
    with in_scope(system_scope(firm.id)):
        await deliver(lambda: moment)


async def states(firm: TestFirm, channel: str) -> list[tuple[str, str]]:
    """Of what was for the boss."""
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch(
            """select d.state, d.reason from core_notice_delivery d join core_user u on u.id = d."user"
            where d.channel = $1 and u.name = 'boss' order by d.id""",
            channel,
        )
    return [(row["state"], row["reason"]) for row in rows]


@pytest.mark.parametrize("kind", ["email", "phone"])
async def test_address_code_notice(firm: TestFirm, visit: Visit, servers: tuple[Any, Any], kind: str) -> None:
    post, texts = servers
    boss: Visitor = await visit("boss")
    channel = "email" if kind == "email" else "sms"
    assert (await boss.post(f"{HOME}/{kind}/code", address=ADDRESSES[kind], password=OWNER_PASSWORD)).status_code == 303
    code = code_in(kind, post, texts)
    assert "已验证" not in (await boss.get(HOME)).text
    agreed = {f"channel_{channel}": "1", "agreed": "1", "quiet_from": "21:00", "quiet_until": "09:00"}
    assert (await boss.post(f"{HOME}/choices", **agreed)).status_code == 303
    await ask(firm, WORKING_HOURS, "九月报表")
    assert await states(firm, channel) == [("left_out", "no_address")], "an address that is not proved gets nothing"
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert "验证码不对" in (await boss.post(f"{HOME}/{kind}/confirm", code=wrong)).text
    assert (await boss.post(f"{HOME}/{kind}/confirm", code=code)).status_code == 303
    assert "已验证" in (await boss.get(HOME)).text
    await ask(firm, NIGHT, "十月报表")
    assert (await states(firm, channel))[1:] == [("waiting", "held")]
    assert len(post.inbox) + len(texts.sent) == 1, "at five past midnight only the code has gone out"
    with in_scope(system_scope(firm.id)):
        await deliver(lambda: WORKING_HOURS)
    assert (await states(firm, channel))[1:] == [("sent", "")]
    if kind == "email":
        assert [str(mail["Subject"]) for mail in post.inbox[1:]] == ["待确认:十月报表"]
        assert post.inbox[1]["To"] == ADDRESSES[kind]
        assert "嘉喜餐饮有限公司" in post.inbox[1].get_body(("plain",)).get_content()
    else:
        assert [(s["PhoneNumbers"], s["TemplateCode"], json.loads(s["TemplateParam"])) for s in texts.sent[1:]] == [
            ("+8613800138000", "SMS_2", {"text": "请确认十月报表"})
        ]
    log = (await (await visit("owner", of_firm=True)).get("/messages/deliveries")).text
    assert "已交给服务商" in log
    assert ADDRESSES["email"] not in log
    assert "13800138000" not in log
