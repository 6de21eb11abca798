"""PLAT-8: recovery codes stand in for the phone once each; the second factor is changed only by who has it or one of them."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pyotp
import pytest
import pytest_asyncio
from httpx import Response

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity import recovery, set_up, sign_in
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import Scope, system_scope

PASSWORD, SECRET = "eight quiet horses", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = re.compile(r"<li><code[^>]*>([2-9A-Z-]{14})</code>")
PAGE = "/me/account/second-factor"


@pytest_asyncio.fixture(loop_scope="session")
async def liu(firm: TestFirm) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await set_up.make_member(login="liu", name="刘", password=PASSWORD, role="admin", totp_secret=SECRET)


@pytest_asyncio.fixture(loop_scope="session")
async def codes(liu: int) -> list[str]:
    async with scoped_transaction(Scope(user=liu)):
        return await recovery.make(liu)


@pytest_asyncio.fixture(loop_scope="session")
async def browser(liu: int, settings: Settings, test_server: TestServer, database: str) -> AsyncIterator[Visitor]:
    app = create_app(replace(settings, dsn=test_server.addresses(database).application))
    async with Portal(app).visitor(None) as visitor:
        yield visitor


async def sign_in_by(browser: Visitor, code: str, **form: str) -> Response:
    """Password, then ``code`` on the page that asks for it."""
    await browser.post("/sign-in", login="liu", password=PASSWORD, **form)
    await browser.get("/sign-in/code")
    return await browser.post("/sign-in/code", code=code, **form)


async def give(code: str) -> str | None:
    async with DB.transaction():
        done = await sign_in.sign_in("liu", PASSWORD, address="203.0.113.9", user_agent="test")
    assert done is not None
    async with scoped_transaction(Scope()):
        return await sign_in.give_code(done[0], code, address="203.0.113.9")


async def on_the_trail(firm: TestFirm, action: str) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        found: int = await connection().fetchval(
            "select count(*) from core_audit_entry where firm = $1 and action = $2", firm.id, action
        )
    return found


async def test_each_code_stands_in_once(firm: TestFirm, codes: list[str]) -> None:
    assert len(set(codes)) == 10
    assert await give(codes[0]) is not None
    assert await give(codes[0]) is None
    assert await give(f" {codes[1].lower().replace('-', ' ')}") is not None
    assert await on_the_trail(firm, "second_factor.recovery") == 2


async def test_once_in_parallel_too(liu: int, codes: list[str]) -> None:
    async def spend() -> bool:
        async with scoped_transaction(Scope(user=liu)):
            return await recovery.spend(liu, codes[0])

    assert sum(await asyncio.gather(*(spend() for _ in range(6)))) == 1


async def test_new_codes_void_the_old_and_are_nobody_elses(firm: TestFirm, liu: int, codes: list[str]) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        other = await set_up.make_member(login="wang", name="王", password=PASSWORD, role="accountant")
    async with scoped_transaction(Scope(user=other)):
        assert not await recovery.spend(other, codes[0])
        assert not await recovery.spend(liu, codes[0])
        assert await recovery.left(liu) == 0
    async with scoped_transaction(Scope(user=liu)):
        new = await recovery.make(liu)
        assert not await recovery.spend(liu, codes[0])
        assert await recovery.spend(liu, new[0])
        assert await recovery.left(liu) == 9


async def test_the_database_does_not_hold_the_codes(liu: int, codes: list[str]) -> None:
    async with scoped_transaction(Scope(user=liu)):
        rows = await connection().fetch("select code_hash from core_recovery_code")
    plain = codes[0].replace("-", "")
    assert len(rows) == 10
    assert all(plain not in row["code_hash"] and len(row["code_hash"]) == 64 for row in rows)


async def test_who_used_one_is_told_how_many_are_left(browser: Visitor, codes: list[str]) -> None:
    answer = await sign_in_by(browser, codes[3], next="/me/account")
    assert answer.headers["location"] == "/sign-in/news?next=/me/account"
    assert "还剩 9 个" in (await browser.get("/sign-in/news?next=/me/account")).text
    assert (await browser.post("/sign-in/news", next="/me/account")).headers["location"] == "/me/account"
    assert (await browser.get("/sign-in/news")).headers["location"] == "/"


@pytest.mark.parametrize("proof", ["none", "wrong", "old code", "recovery code"])
async def test_another_phone_asks_for_the_old_one_or_a_recovery_code(
    browser: Visitor, firm: TestFirm, liu: int, codes: list[str], proof: str
) -> None:
    """PLAT-8: a stolen session and the password do not replace the second factor."""
    before = pyotp.TOTP(SECRET).at(int(time.time()) - 30)
    assert (await sign_in_by(browser, before)).status_code == 303
    text = (await browser.get(PAGE)).text
    sealed, typed = re.search(r'name="sealed" value="([^"]+)"', text), re.search(r"<code>([A-Z2-7 ]+)</code>", text)
    assert sealed is not None
    assert typed is not None
    new = pyotp.TOTP(typed[1].replace(" ", ""))
    given = {"none": "", "wrong": new.now(), "old code": pyotp.TOTP(SECRET).now(), "recovery code": codes[0]}[proof]
    answer = await browser.post(PAGE, sealed=sealed[1], code=new.now(), password=PASSWORD, proof=given)
    async with scoped_transaction(Scope(user=liu)):
        kept = await connection().fetchval("select totp_secret from core_user where id = $1", liu)
    if proof in ("none", "wrong"):
        assert "恢复码不对" in answer.text
        assert kept != sealed[1]
        assert await on_the_trail(firm, "second_factor.wrong") == 1
    else:
        assert len(CODES.findall(answer.text)) == 10
        assert kept == sealed[1]
        assert await give(codes[5]) is None, "codes of the old phone"


async def test_new_codes_on_demand_ask_for_a_code(browser: Visitor, firm: TestFirm, codes: list[str]) -> None:
    await sign_in_by(browser, pyotp.TOTP(SECRET).at(int(time.time()) - 30))
    await browser.get(PAGE)
    wrong = await browser.post(f"{PAGE}/recovery-codes", proof="123456x")
    assert not CODES.findall(wrong.text)
    assert "恢复码不对" in wrong.text
    done = await browser.post(f"{PAGE}/recovery-codes", proof=pyotp.TOTP(SECRET).now())
    assert len(CODES.findall(done.text)) == 10
    assert await on_the_trail(firm, "second_factor.recovery_codes") == 1
    assert await give(codes[0]) is None
