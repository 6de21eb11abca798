"""An auditor's sign-in asked on every route: what is not opened to auditors is not there, and nothing changes."""

import datetime as dt
from typing import Any

from litestar.routes import HTTPRoute

from tests.isolation.test_routes import ROUTES, rightful_ids, rows_of_everybody
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.auditing import links
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.periods import today
from zhangfang_sdk.testing.isolation import leaked
from zhangfang_sdk.web import PUBLIC

NOT_CHANGED_BY_LOOKING = ("core_audit_entry", "core_audit_block")
"""Every look of an auditor stands on the trail."""


async def test_an_auditor_on_every_route(world: Any) -> None:
    place, boss = world.mine, world.actors["boss"]
    async with scoped_transaction(system_scope(place.firm)):
        link = await links.make("王审计", [place.client], [today().year], today() + dt.timedelta(days=3))
    opened = {
        (method, route.path)
        for route in create_app().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if handler.opt.get("for_auditors")
    }
    hidden = [word for other in world.places.values() if other.mark != place.mark for word in (f"机密{other.mark}", other.name)]
    shown = []
    async with world.portal.visitor(None) as auditor:
        assert (await auditor.post(f"/auditing/{link.token}", pin=link.pin)).status_code == 303
        before = await rows_of_everybody(world)
        for name, route in sorted(ROUTES.items()):
            if route.permission == PUBLIC or (route.is_stream and (route.method, route.path) not in opened):
                continue
            address = route.address(rightful_ids(world, boss, route))
            if route.method == "GET":
                address += f"?period={today().year}-{today().month:02d}"
            answer = await auditor.ask(route.method, address)
            assert leaked(answer.content, answer.headers, hidden) == [], name
            if route.method not in ("GET", "HEAD"):
                assert answer.status_code == 403, (name, answer.status_code)
            elif (route.method, route.path) not in opened:
                assert answer.status_code == 404, (name, answer.status_code)
            elif answer.status_code == 200:
                shown.append(name)
        after = await rows_of_everybody(world)
    assert len(shown) >= 10, shown
    assert {t for t in before if before[t] != after[t]} <= set(NOT_CHANGED_BY_LOOKING)
