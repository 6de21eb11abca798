"""PLAT-8: password, second factor, sessions; the one query that enters a request."""

import asyncio
import datetime as dt
from typing import Any

import pyotp
import pytest

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity import second_factor, sessions, set_up, sign_in
from zhangfang_core.identity.confirming import confirm_password
from zhangfang_core.identity.enter import OWN, Asked, Entered, enter
from zhangfang_core.modules.switches import switch
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.errors import Refusal

FROM = {"address": "203.0.113.9", "user_agent": "test"}
PASSWORD = "eight quiet horses"


async def add(firm: TestFirm, login: str, role: str, client: int | None = None, totp: str | None = None) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await set_up.make_member(
            login=login, name=login, password=PASSWORD, role=role, client=client, totp_secret=totp
        )


async def signed_in(login: str, password: str = PASSWORD) -> str | None:
    async with DB.transaction():
        done = await sign_in.sign_in(login, password, **FROM)
    return None if done is None else done[0]


async def entered(token: str | None, asked: Asked = OWN) -> Entered | None:
    async with scoped_transaction(Scope()):
        return await enter(token, "203.0.113.9", asked)


async def give(token: str, code: str) -> str | None:
    async with scoped_transaction(Scope()):
        return await sign_in.give_code(token, code, address="203.0.113.9")


async def test_right_password_gives_the_scope(firm: TestFirm) -> None:
    """PLAT-8: the boss of the restaurant sees the restaurant, and what the role allows."""
    person = await add(firm, "13800000001", "boss", firm.restaurant)
    found = await entered(await signed_in(" 13800000001 "), Asked(firm.id, firm.restaurant))
    assert found is not None
    assert not found.pending_second_factor
    scope = found.scope
    assert (scope.firm, scope.user, scope.client, scope.clients) == (
        firm.id,
        person,
        firm.restaurant,
        frozenset({firm.restaurant}),
    )
    assert not scope.staff
    assert scope.may("documents.upload")
    assert not scope.may("ledger.draft")


async def test_full_width_and_capitals_in_a_login_do_not_matter(firm: TestFirm) -> None:
    await add(firm, "wang@firm.cn", "accountant")
    assert await signed_in("WANG@firm.cn") is not None


@pytest.mark.parametrize(("login", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("", ""), ("wang", "")])
async def test_wrong_ones_are_answered_alike(firm: TestFirm, login: str, password: str) -> None:
    await add(firm, "wang", "accountant")
    assert await signed_in(login, password) is None


async def test_an_owner_without_a_second_factor_gets_nothing_but_its_set_up(firm: TestFirm) -> None:
    """PLAT-8: who manages a firm must have a second factor."""
    token = await signed_in("owner@嘉喜.example", OWNER_PASSWORD)
    found = await entered(token)
    assert found is not None
    assert found.owed == "enrol"
    assert (found.scope.firm, found.scope.user, found.scope.permissions) == (None, None, frozenset())
    async with DB.transaction():
        await enter(token, "")
        assert await connection().fetchval("select count(*) from core_client") == 0
        assert await connection().fetchval("select count(*) from core_user") == 0
    assert token is not None
    async with DB.transaction():
        offered = second_factor.offer(found.person, "owner")
        code = pyotp.TOTP(offered["typed"].replace(" ", "")).now()
        settled, codes = await sign_in.enrol(token, offered["sealed"], code, address="")
    assert len(set(codes)) == 10
    after = await entered(settled, Asked(firm.id))
    assert after is not None
    assert after.scope.role == "owner"
    assert after.scope.clients is None
    assert await entered(token) is None, "the token from before the second factor must be worth nothing"


async def test_a_code_is_taken_once(firm: TestFirm) -> None:
    """PLAT-8: replay refused, also from another session."""
    secret = pyotp.random_base32()
    await add(firm, "liu", "admin", totp=secret)
    first, second = await signed_in("liu"), await signed_in("liu")
    assert first is not None
    assert second is not None
    code = pyotp.TOTP(secret).now()
    assert await give(first, code) is not None
    assert await give(second, code) is None


async def test_a_code_is_taken_once_in_parallel(firm: TestFirm) -> None:
    secret = pyotp.random_base32()
    await add(firm, "liu", "admin", totp=secret)
    tokens = [await signed_in("liu") for _ in range(8)]
    code = pyotp.TOTP(secret).now()
    answers = await asyncio.gather(*(give(t, code) for t in tokens if t), return_exceptions=True)
    assert sum(isinstance(a, str) for a in answers) == 1


@pytest.mark.parametrize(("offset", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(offset: int, taken: bool) -> None:
    now = 1_790_000_010.0
    secret = pyotp.random_base32()
    code = pyotp.TOTP(secret).at(int(now) + 30 * offset)
    assert (second_factor.step_of(secret, code, after=0, now=now) is not None) == taken


def test_a_code_in_full_width_digits_is_the_same() -> None:
    """Chinese keyboards write "５８０９０４"."""
    secret, now = pyotp.random_base32(), 1_790_000_010.0
    wide = pyotp.TOTP(secret).at(int(now)).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    assert second_factor.step_of(secret, f" {wide[:3]} {wide[3:]}", after=0, now=now) is not None


@pytest.mark.parametrize("code", ["", "12345", "一二三四五六", "abcdef", "0" * 400])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert second_factor.step_of(pyotp.random_base32(), code, after=0) is None


async def test_a_secret_opens_for_its_person_only(settings: Any) -> None:
    offered = second_factor.offer(7, "liu")
    with pytest.raises(Refusal, match=r"second_factor\.unreadable"):
        second_factor.offer(8, "wang", offered["sealed"])


async def test_a_revoked_session_ends_with_its_next_request(firm: TestFirm) -> None:
    """PLAT-8: sessions can be listed and revoked."""
    await add(firm, "wang", "accountant")
    here, phone, tablet = [await signed_in("wang") for _ in range(3)]
    async with DB.transaction():
        found = await enter(here, "")
        assert found is not None
        with in_scope(found.scope):
            seen = await sessions.sessions(here)
            assert [s.current for s in seen] == [True, False, False]
            await sessions.revoke(next(s.id for s in seen if not s.current))
    standing = [t for t in (phone, tablet) if await entered(t) is not None]
    assert len(standing) == 1
    async with DB.transaction():
        found = await enter(here, "")
        assert found is not None
        with in_scope(found.scope):
            assert await sessions.revoke_others(here) == 1
    assert await entered(standing[0]) is None
    assert await entered(here) is not None


async def test_somebody_elses_session_cannot_be_revoked(firm: TestFirm) -> None:
    await add(firm, "wang", "accountant")
    await add(firm, "zhao", "accountant")
    theirs = await entered(await signed_in("zhao"))
    token = await signed_in("wang")
    assert theirs is not None
    async with DB.transaction():
        found = await enter(token, "")
        assert found is not None
        with in_scope(found.scope), pytest.raises(Refusal, match="not_found"):
            await sessions.revoke(theirs.session)


async def test_signing_out_ends_the_session_in_the_database(firm: TestFirm) -> None:
    await add(firm, "wang", "accountant")
    token = await signed_in("wang")
    assert token is not None
    async with DB.transaction():
        await sessions.sign_out(token)
    assert await entered(token) is None


@pytest.mark.parametrize(
    "change",
    [
        "update core_session set expires_at = now()",
        "update core_session set last_seen_at = now() - interval '7 days 1 second'",
    ],
)
async def test_an_old_session_is_over(firm: TestFirm, change: str) -> None:
    person = await add(firm, "wang", "accountant")
    token = await signed_in("wang")
    async with DB.transaction():
        await connection().execute("select set_config('app.user', $1, true)", str(person))
        await connection().execute(change)
    assert await entered(token) is None


async def test_a_new_password_ends_the_other_sessions(firm: TestFirm) -> None:
    await add(firm, "wang", "accountant")
    here, other = await signed_in("wang"), await signed_in("wang")
    async with DB.transaction():
        found = await enter(here, "")
        assert found is not None
        with in_scope(found.scope):
            assert not await confirm_password("wrong")
            assert await confirm_password(PASSWORD)
            with pytest.raises(Refusal, match=r"password\.weak"):
                await sign_in.change_password("1234567", here or "")
            await sign_in.change_password("nine loud horses", here or "")
    assert await entered(here) is not None
    assert await entered(other) is None
    assert await signed_in("wang") is None
    assert await signed_in("wang", "nine loud horses") is not None


@pytest.mark.parametrize("token", [None, "", "x", "' or true --", "\x00", "税" * 9000])
async def test_a_made_up_token_enters_nothing(firm: TestFirm, token: str | None) -> None:
    async with DB.transaction():
        assert await enter(token, "") is None
        assert await connection().fetchval("select count(*) from core_session") == 0


async def test_entering_is_one_round_trip_and_brings_the_switches(firm: TestFirm) -> None:
    """PLAT-4: who asks, and what the firm has on, come with the same query, so a switch takes effect with the next request."""
    await add(firm, "wang", "accountant")
    token = await signed_in("wang")
    async with acting(firm, role="owner"):
        await switch("marketplace", on=False)
    async with DB.transaction():
        seen: list[str] = []
        connection().add_query_logger(lambda record: seen.append(record.query))
        found = await enter(token, "", Asked(firm.id))
        await asyncio.sleep(0)
        asked = list(seen)
    assert len(asked) == 1
    assert "app_enter" in asked[0]
    assert found is not None
    assert [module for module, on in found.switches.items() if not on] == ["marketplace"]


async def test_the_operator_belongs_to_no_firm(database: str) -> None:
    """PLAT-13: the operator runs the deployment and sees no firm's books."""
    secret = pyotp.random_base32()
    await set_up.make_operator(login="op", name="运维", password=PASSWORD, totp_secret=secret)
    token = await signed_in("op")
    assert token is not None
    found = await entered(await give(token, pyotp.TOTP(secret).now()), Asked(operator=True))
    assert found is not None
    assert (found.scope.firm, found.scope.operator, found.scope.staff) == (None, True, False)
    assert found.scope.permissions == frozenset({"operator.use"})
    with pytest.raises(Refusal, match="login_taken"):
        await set_up.make_operator(login="OP", name="x", password=PASSWORD)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0", "苹果手机 · 微信"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "Windows 电脑 · Edge"),
        ("curl/8", "curl/8"),
        ("", "未知设备"),
    ],
)
def test_a_session_names_its_device(user_agent: str, device: str) -> None:
    now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert sessions.SessionSeen(1, now, now, "", user_agent, False).device == device
