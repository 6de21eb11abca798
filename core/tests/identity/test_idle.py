"""PLAT-8: a session ends when its person did nothing for as long as one of their firms says; what a page asks by itself does not count."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity import idle, set_up
from zhangfang_core.identity.enter import enter
from zhangfang_core.identity.tokens import hash_of
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Portal, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.errors import Refusal

PASSWORD = "eight quiet horses"


@pytest_asyncio.fixture(loop_scope="session")
async def running(settings: Settings, database: str, test_server: TestServer) -> AsyncIterator[Portal]:
    async with running_portal(replace(settings, dsn=test_server.addresses(database).application)) as portal:
        yield portal


async def member(firm: TestFirm, login: str = "li") -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await set_up.make_member(login=login, name="李", password=PASSWORD, role="boss", client=firm.restaurant)


async def quiet(person: int, minutes: int) -> None:
    """Nobody was there for so long."""
    async with scoped_transaction(Scope(user=person)):
        await connection().execute("update core_session set last_seen_at = now() - make_interval(mins => $1)", minutes)


async def stands(token: str, *, attended: bool = True) -> bool:
    async with DB.transaction():
        return await enter(token, "203.0.113.9", attended=attended) is not None


async def choose(firm: TestFirm, minutes: int) -> None:
    async with acting(firm, "owner"):
        await idle.choose_idle(minutes)


async def test_untold_it_is_seven_days_and_what_the_firm_says_else(firm: TestFirm) -> None:
    person = await member(firm)
    token = await session_for(person)
    await quiet(person, 7 * 24 * 60 - 1)
    assert await stands(token)
    await choose(firm, 30)
    await quiet(person, 29)
    assert await stands(token)
    await quiet(person, 31)
    assert not await stands(token)
    async with scoped_transaction(system_scope(firm.id)):
        told = await connection().fetchval("select after::text from core_audit_entry where action = 'idle.choose'")
    assert "30" in told


async def test_the_shortest_of_a_persons_firms_counts_and_no_other_firms(firm: TestFirm, other_firm: TestFirm) -> None:
    person = await member(firm)
    await choose(other_firm, 15)
    token = await session_for(person)
    await quiet(person, 60)
    assert await stands(token), "another firm's rule is nothing to them"
    async with scoped_transaction(system_scope(other_firm.id)):
        await set_up.join(person, "boss", other_firm.restaurant)
    await quiet(person, 16)
    assert not await stands(token)


async def test_what_a_page_asks_by_itself_is_no_sign_of_a_person(firm: TestFirm) -> None:
    person = await member(firm)
    token = await session_for(person)
    await quiet(person, 10)
    assert await stands(token, attended=False)
    async with scoped_transaction(Scope(user=person)):
        seen = "select last_seen_at > now() - interval '1 minute' from core_session where token_hash = $1"
        assert not await connection().fetchval(seen, hash_of(token))
    assert await stands(token)
    async with scoped_transaction(Scope(user=person)):
        assert await connection().fetchval(seen, hash_of(token))


async def test_the_gate_knows_what_a_page_asks_by_itself(running: Portal, firm: TestFirm) -> None:
    person = await member(firm)
    token = await session_for(person)
    place = f"/f/{firm.id}/c/{firm.restaurant}"

    async def noted() -> bool:
        async with scoped_transaction(Scope(user=person)):
            found: bool = await connection().fetchval(
                "select bool_or(last_seen_at > now() - interval '1 minute') from core_session"
            )
        return found

    await quiet(person, 10)
    async with running.visitor(token, place) as visitor:
        assert (await visitor.ask("GET", "/badges", headers={"x-by-itself": "1"})).status_code == 200
        async with running.events(token, place) as stream:
            while stream.status is None:
                await stream.next()
        assert not await noted()
        await visitor.get("/badges")
    assert await noted()


@pytest.mark.parametrize("minutes", [0, 1, 10081, None])
async def test_only_what_is_offered_is_taken(firm: TestFirm, minutes: int | None) -> None:
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=r"idle\.not_offered"):
            await idle.choose_idle(minutes)
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await idle.choose_idle(30)
