"""PLAT-3: a module that a firm switched off answers to nobody of that firm, and to the other firm as before."""

from typing import Any

import pytest

from zhangfang_core.admin.catalogue import screens
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import switch
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.testing.isolation import walk

ROUTES = [route for route in walk(create_app()).routes if route.module is not None]


async def turn(firm: int, module: str, *, on: bool) -> None:
    async with scoped_transaction(system_scope(firm)):
        await switch(module, on=on, named_dependants=registry().dependants(module))


def test_every_module_with_pages_is_asked() -> None:
    assert {route.module for route in ROUTES} == {id_ for id_, module in registry().modules.items() if module.pages}


@pytest.mark.parametrize("module", sorted(id_ for id_, module in registry().modules.items() if module.pages))
async def test_a_module_that_is_off_is_not_there(world: Any, module: str) -> None:
    routes = [route for route in ROUTES if route.module == module]
    plain = [
        route
        for route in routes
        if route.method == "GET" and set(route.tables(world.ids).values()) <= {"core_firm", "core_client"}
    ]
    assert plain
    there = world.actors["owner of another firm"]
    theirs = world.ids | {"core_firm": there.firm, "core_client": there.client}
    base = "/admin/{}/api/tables/{}/"
    dependants = registry().dependants(module)
    await turn(world.mine.firm, module, on=False)
    try:
        for route in routes:
            for name in ("owner", "accountant", "boss"):
                answer = await world.visitors[name].ask(route.method, route.address(world.ids))
                assert answer.status_code == 404, (name, route.name, answer.status_code)
        for route in plain:
            answer = await world.visitors[there.name].get(route.address(theirs))
            assert answer.status_code == 200, (route.name, answer.status_code, answer.text[:300])
        for placed in screens():
            if placed.module == module:
                table = placed.item.table._meta.tablename
                assert (await world.visitors["owner"].get(base.format(world.mine.firm, table))).status_code == 404
                assert (await world.visitors[there.name].get(base.format(there.firm, table))).status_code == 200
        home = await world.visitors["owner"].get(f"/f/{world.mine.firm}/modules")
        assert home.status_code == 200
    finally:
        for id_ in (module, *dependants):
            await turn(world.mine.firm, id_, on=True)
    for route in plain:
        answer = await world.visitors["owner"].get(route.address(world.ids))
        assert answer.status_code == 200, (route.name, answer.status_code, answer.text[:300])
