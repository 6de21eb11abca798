"""The event stream of open screens (DASH-2, DASH-3)."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity.members import change_role
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.live import stream
from zhangfang_core.live.hub import HUB, PgLive
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import EventStream, Portal, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.live import Live
from zhangfang_sdk.services import use


@pytest_asyncio.fixture(loop_scope="session")
async def portal(settings: Settings, database: str, test_server: TestServer) -> AsyncIterator[Portal]:
    async with HUB.listening(test_server.addresses(database).application):
        async with asyncio.timeout(10):
            while HUB.backend is None:
                await asyncio.sleep(0.01)
        yield Portal(create_app(settings))


@pytest_asyncio.fixture(loop_scope="session")
async def boss(firm: TestFirm) -> str:
    """The session of the restaurant's boss."""
    async with scoped_transaction(system_scope(firm.id)):
        person = await make_member(
            login="boss", name="boss", password="eight quiet horses", role="boss", client=firm.restaurant
        )
    return await session_for(person)


@pytest.fixture
def at(firm: TestFirm) -> str:
    """The restaurant's place."""
    return f"/f/{firm.id}/c/{firm.restaurant}"


async def begun(heard: EventStream) -> None:
    assert await heard.next() == "retry: 2000"
    assert heard.status == 200


async def announce(firm: TestFirm, topic: str, client: int) -> None:
    async with acting(firm, "owner"):
        await PgLive().announce(topic, client)


async def test_a_screen_hears_of_its_own_client_only(
    portal: Portal, boss: str, at: str, firm: TestFirm, other_firm: TestFirm
) -> None:
    """DASH-2, DASH-3, PLAT-13; and the stream holds no connection of the pool."""
    async with portal.events(boss, at) as heard:
        await begun(heard)
        await announce(firm, "test", firm.trading)
        await announce(other_firm, "test", other_firm.restaurant)
        await announce(firm, "test", firm.restaurant)
        assert await heard.next() == f'event: test\ndata: {{"client": {firm.restaurant}}}'
        assert DB.pool is not None
        assert DB.pool.get_idle_size() == DB.pool.get_size()


async def test_a_message_moves_the_red_dots(portal: Portal, boss: str, at: str, firm: TestFirm) -> None:
    """COLL-2"""
    async with portal.events(boss, at) as heard:
        await begun(heard)
        await announce(firm, "notices", firm.restaurant)
        assert await heard.next() == f'event: notices\ndata: {{"client": {firm.restaurant}}}'
        assert await heard.next() == "event: badges\ndata: {}"


async def test_a_topic_cannot_forge_an_event(portal: Portal, boss: str, at: str, firm: TestFirm) -> None:
    async with portal.events(boss, at) as heard:
        await begun(heard)
        await announce(firm, "test\n\nevent: forged", firm.restaurant)
        assert await heard.next() == f'event: testevent:forged\ndata: {{"client": {firm.restaurant}}}'


@pytest.mark.parametrize(
    "statement",
    [
        "update core_session set revoked_at = now()",
        "update core_membership set client = client + 1 where role = 'boss'",
    ],
)
async def test_a_stream_ends_with_its_session_and_when_its_view_changes(
    portal: Portal,
    boss: str,
    at: str,
    test_server: TestServer,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
) -> None:
    """PLAT-8: signing out, or being moved to another client, closes what is open; until then it beats."""
    monkeypatch.setattr(stream, "CHECK_S", 0.2)
    async with portal.events(boss, at) as heard:
        await begun(heard)
        assert await heard.next() == ":"
        connected = await asyncpg.connect(test_server.superuser(database))
        await connected.execute(statement)
        await connected.close()
        async with asyncio.timeout(5):
            while await heard.next() is not None:
                pass


async def test_a_changed_role_ends_what_is_open_at_once(portal: Portal, boss: str, at: str, firm: TestFirm) -> None:
    """Not at the next heartbeat: the screen is told to fetch anew, and what its role no longer sees is refused."""
    async with portal.events(boss, at) as heard:
        await begun(heard)
        async with acting(firm, "owner"):
            other = await make_member(login="o@example.com", name="另一位", password=OWNER_PASSWORD, role="accountant")
            membership = await connection().fetchval("""select id from core_membership where "user" = $1""", other)
            await change_role(membership, "reviewer")
            await use(Live).announce("ledger", firm.restaurant)
        async with asyncio.timeout(5):
            assert (await heard.next() or "").startswith("event: ledger"), "of another person's it hears nothing"
        async with acting(firm, "owner"):
            own = await connection().fetchval("select id from core_membership where role = 'boss'")
            await change_role(own, "driver")
        async with asyncio.timeout(5):
            told = []
            while (line := await heard.next()) is not None:
                told.append(line)
        assert any(line.startswith("event: resync") for line in told)


async def test_after_the_listener_was_away_the_browser_connects_anew(
    portal: Portal, boss: str, at: str, test_server: TestServer
) -> None:
    """DASH-2: what was announced meanwhile is lost, so that the page fetches everything again."""
    async with portal.events(boss, at) as heard:
        await begun(heard)
        connected = await asyncpg.connect(test_server.server.superuser_dsn)
        await connected.execute("select pg_terminate_backend($1)", HUB.backend)
        await connected.close()
        assert await heard.next() == 'event: resync\ndata: {"client": null}'
        assert await heard.next() is None


async def test_the_server_stops_with_screens_open(portal: Portal, boss: str, at: str) -> None:
    """PLAT-10"""
    async with portal.events(boss, at) as heard:
        await begun(heard)
        HUB.stop()
        assert await heard.next() is None


async def test_nobody_listens_without_signing_in(portal: Portal) -> None:
    """PLAT-8"""
    async with portal.events(None, "/me") as heard:
        assert "retry" not in (await heard.next() or "")
        assert heard.status in (303, 401)
