"""PLAT-2, DASH-2: an open screen hears of its own clients alone. A stream carries topics and ids; here it must not even carry those."""

from typing import Any

import pytest

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.live import Live
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.isolation import asks_for_sign_in

HEARERS = ("boss", "driver", "accountant", "owner", "admin", "reviewer")
OTHERS = (
    "boss of another client",
    "accountant without clients",
    "accountant of another client",
    "boss of another firm",
    "owner of another firm",
    "operator",
)


async def announce(firm: int, client: int, topic: str) -> None:
    async with scoped_transaction(system_scope(firm)):
        await use(Live).announce(topic, client)


async def heard(world: Any, name: str, announced: list[tuple[str, str]]) -> list[str]:
    """Open a stream, announce in places one after the other, and read up to the resync that is sent last."""
    from zhangfang_core.live.hub import HUB

    async with world.portal.events(world.actors[name].token, world.actors[name].home) as stream:
        assert (await stream.next()) == "retry: 2000"
        for place, topic in announced:
            await announce(world.places[place].firm, world.places[place].client, topic)
        await until_told(world)
        for subscription in list(HUB._subscriptions):
            subscription.missed()
        found = []
        while (event := await stream.next()) is not None:
            found.append(event)
        return found


async def until_told(world: Any) -> None:
    """Until the listener has heard all that was announced: PostgreSQL delivers in the order of commits."""
    from zhangfang_core.live.hub import HUB, View

    with HUB.subscribed([View(world.mine.firm, None)]) as probe:
        async with scoped_transaction(system_scope(world.mine.firm)):
            await use(Live).announce("probe", world.mine.client)
        while True:
            event = await probe.next(5.0)
            assert event is not None, "the listener is deaf"
            if event.topic == "probe":
                return


@pytest.mark.parametrize("name", HEARERS)
async def test_who_sees_a_client_hears_of_it(world: Any, name: str) -> None:
    found = await heard(world, name, [("甲", "ledger")])
    assert f'event: ledger\ndata: {{"client": {world.mine.client}}}' in found


@pytest.mark.parametrize("name", OTHERS)
async def test_nobody_else_hears_of_it(world: Any, name: str) -> None:
    found = await heard(world, name, [("甲", "ledger"), ("甲", "secret"), ("丁", "payroll")])
    text = "\n".join(found)
    assert "event: resync" in text
    assert f'"client": {world.mine.client}}}' not in text
    assert "secret" not in text
    if world.actors[name].firm != world.places["丁"].firm or name == "boss of another firm":
        assert "payroll" not in text


async def test_the_neighbour_hears_of_its_own(world: Any) -> None:
    found = await heard(world, "owner of another firm", [("甲", "secret"), ("乙", "ledger"), ("丁", "payroll")])
    topics = [event.partition("\n")[0] for event in found if "badges" not in event]
    assert topics == ["event: ledger", "event: payroll", "event: resync"]


async def test_a_stream_is_not_open_to_the_signed_out(world: Any) -> None:
    answer = await world.visitors["signed out"].get("/me/events")
    assert asks_for_sign_in(answer.status_code, answer.headers.get("location", ""))


async def test_an_announcement_for_a_client_out_of_scope_is_refused(world: Any) -> None:
    """A plugin's mistake cannot tell another client's screens anything."""
    actor = world.actors["boss of another client"]
    scope = Scope(firm=actor.firm, user=actor.person, client=actor.client, clients=frozenset({actor.client}))
    with pytest.raises(Exception, match="not in scope"):
        async with scoped_transaction(scope):
            await use(Live).announce("ledger", world.mine.client)
