"""PLAT-13: no page that is only looked at changes what is kept: a link of a foreign site, a preview or a second tab does nothing."""

from typing import Any

import pytest

from tests.isolation.test_routes import ROUTES, expect_an_answer, is_here, may, rightful_ids

LOOKED_AT = sorted(name for name, route in ROUTES.items() if route.method == "GET" and route.own_name != "GET /events")

NOTED = {
    "core_audit_entry": "who looked at what is sensitive, and which file left, stands on the trail",
    "core_session": "when it was seen last",
}
"""table → why looking adds to it."""
NOTED_BY = {
    "GET /risks/{alert_id:int}": {"risk_rules_alert", "risk_rules_alert_step"},
}
"""page → tables where it says that the person has seen what it shows."""


@pytest.mark.parametrize("name", LOOKED_AT)
async def test_looking_at_a_page(world: Any, name: str) -> None:
    route = ROUTES[name]
    before = await rows(world)
    for actor in world.actors.values():
        if is_here(world, actor, route) and may(actor, route):
            answer = await world.visitors[actor.name].ask("GET", route.address(rightful_ids(world, actor, route)))
            expect_an_answer(actor, route, answer)
    after = await rows(world)
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= NOTED.keys() | NOTED_BY.get(route.own_name, set())


async def rows(world: Any) -> dict[str, str]:
    """A digest of every table with rows of firms or people."""
    every = " union all ".join(
        f"select '{table}' as name, md5(string_agg(t::text, '|' order by id)) as digest from {table} t"  # noqa: S608
        for table in sorted(world.ids)
    )
    return {row["name"]: row["digest"] for row in await world.superuser.fetch(every)}
