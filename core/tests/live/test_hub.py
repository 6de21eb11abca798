"""Announcements: after the commit, to those who may hear them, and again after the database was away (DASH-2)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
import pytest_asyncio

from zhangfang_core.live.hub import RESYNC, WAITING, Ended, LiveEvent, LiveHub, PgLive, Subscription, View
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import ScopeMismatch

LIVE = PgLive()


@pytest_asyncio.fixture(loop_scope="session")
async def hub(test_server: TestServer, database: str) -> AsyncIterator[LiveHub]:
    made = LiveHub()
    async with made.listening(test_server.addresses(database).application):
        await until(lambda: made.backend is not None)
        yield made


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def announce(firm: TestFirm, topic: str, client: int) -> None:
    async with acting(firm, "owner"):
        await LIVE.announce(topic, client)


async def silent(subscription: Subscription) -> bool:
    return await subscription.next(0.3) is None


async def test_told_after_the_commit_and_once(firm: TestFirm, hub: LiveHub) -> None:
    """DASH-2"""
    with hub.subscribed([View(firm.id, None)]) as screen:
        async with acting(firm, "owner"):
            for _ in range(5):
                await LIVE.announce("ledger", firm.restaurant)
            assert await silent(screen)
        assert await screen.next(5) == LiveEvent("ledger", firm.restaurant)
        assert await silent(screen)


async def test_nothing_of_a_transaction_that_failed(firm: TestFirm, hub: LiveHub) -> None:
    """DASH-2"""
    with hub.subscribed([View(firm.id, None)]) as screen:
        with contextlib.suppress(ZeroDivisionError):
            async with acting(firm, "owner"):
                await LIVE.announce("ledger", firm.restaurant)
                raise ZeroDivisionError
        assert await silent(screen)


async def test_each_screen_hears_of_its_own_only(firm: TestFirm, other_firm: TestFirm, hub: LiveHub) -> None:
    """DASH-3, PLAT-13: not of another firm, not of another client, and a person with no firm hears nothing."""
    with (
        hub.subscribed([View(firm.id, None)]) as staff,
        hub.subscribed([View(firm.id, frozenset({firm.trading}))]) as neighbour,
        hub.subscribed([View(other_firm.id, None)]) as stranger,
        hub.subscribed([]) as operator,
        hub.subscribed([View(firm.id, frozenset())]) as nobody,
    ):
        await announce(firm, "ledger", firm.restaurant)
        assert await staff.next(5) == LiveEvent("ledger", firm.restaurant)
        for other in (neighbour, stranger, operator, nobody):
            assert await silent(other)
        await announce(firm, "documents", firm.trading)
        assert await neighbour.next(5) == LiveEvent("documents", firm.trading)


async def test_nobody_announces_for_a_client_out_of_sight(firm: TestFirm) -> None:
    """PLAT-13"""
    async with acting(firm, "boss"):
        with pytest.raises(ScopeMismatch):
            await LIVE.announce("ledger", firm.trading)


async def test_a_killed_connection_comes_back_and_screens_fetch_anew(
    firm: TestFirm, hub: LiveHub, test_server: TestServer
) -> None:
    """DASH-2: what was announced meanwhile is lost, so that everybody is told to fetch again."""
    before = hub.backend
    with hub.subscribed([View(firm.id, None)]) as screen:
        connected = await asyncpg.connect(test_server.server.superuser_dsn)
        await connected.execute("select pg_terminate_backend($1)", before)
        await connected.close()
        assert await screen.next(10) == LiveEvent(RESYNC)
        assert hub.backend not in (None, before)
        await announce(firm, "ledger", firm.restaurant)
        assert await screen.next(5) == LiveEvent("ledger", firm.restaurant)


async def test_the_hub_waits_for_a_database_that_is_not_there(test_server: TestServer) -> None:
    """PLAT-10: no crash and no busy loop while nothing answers; the stop is prompt."""
    hub = LiveHub()
    async with hub.listening(test_server.addresses("zf_no_such_database").application):
        await asyncio.sleep(0.5)
        assert hub.backend is None


async def test_the_stop_ends_open_screens(test_server: TestServer, database: str) -> None:
    """PLAT-10: a stream does not hold up the server."""
    hub = LiveHub()
    async with hub.listening(test_server.addresses(database).application):
        with hub.subscribed([View(1, None)]) as screen:
            waiting = asyncio.create_task(screen.next(60))
            await asyncio.sleep(0)
            hub.stop()
            with pytest.raises(Ended):
                await asyncio.wait_for(waiting, 1)


async def test_a_screen_that_does_not_keep_up_is_told_to_fetch_anew(firm: TestFirm) -> None:
    """DASH-2: bounded memory."""
    screen = Subscription([View(firm.id, None)])
    for _ in range(WAITING + 1):
        screen.hear(firm.id, LiveEvent("ledger", firm.restaurant))
    assert await screen.next(1) == LiveEvent(RESYNC)
    assert await silent(screen)


async def test_what_others_send_on_the_channel_harms_nothing(
    firm: TestFirm, hub: LiveHub, test_server: TestServer, database: str
) -> None:
    with hub.subscribed([View(firm.id, None)]) as screen:
        connected = await asyncpg.connect(test_server.superuser(database))
        for payload in ("", "nonsense", "[]", '{"firm": "x"}', "null"):
            await connected.execute("select pg_notify('zhangfang_live', $1)", payload)
        await connected.close()
        await announce(firm, "ledger", firm.restaurant)
        assert await screen.next(5) == LiveEvent("ledger", firm.restaurant)
