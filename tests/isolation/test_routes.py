"""PLAT-2, PLAT-13: every route of core and of every plugin, asked by everybody, with ids that are theirs and ids that are not.

``/events`` never ends and has tests of its own. Routes are found by walking the app: a new one is asked without anybody adding it here.
"""

from typing import Any

import pytest
from litestar.routes import HTTPRoute

from zhangfang_core.web.app import create_app
from zhangfang_core.web.gate import OneTransaction
from zhangfang_sdk.testing.isolation import Route, asks_for_sign_in, leaked, refuses, walk
from zhangfang_sdk.web import CLIENT, FIRM, PERSON, PORTAL, PUBLIC, SIGNED_IN

WALKED = walk(create_app())
ROUTES = {route.name: route for route in WALKED.routes}

STAFF_MEMBER = frozenset({"POST /people/{membership_id:int}/clients"})
"""Clients are given to people of the firm: the accountant's membership stands for the planted one, which is of a client."""


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked is answered in full, and then rolled back: the next one finds the world as it was."""
    closing = OneTransaction.close

    async def never_commit(self: OneTransaction, *, commit: bool) -> None:
        await closing(self, commit=False)

    monkeypatch.setattr(OneTransaction, "close", never_commit)


def rightful_ids(world: Any, actor: Any, route: Route) -> dict[str, int]:
    ids = dict(world.ids) | {table: id_ for (name, table), id_ in world.own.items() if name == actor.name}
    if route.own_name in STAFF_MEMBER:
        ids["core_membership"] = world.actors["accountant"].membership
    return ids


def may(actor: Any, route: Route) -> bool:
    return route.permission in (SIGNED_IN, PUBLIC) or route.permission in actor.permissions


def test_every_route_is_walked() -> None:
    """The count by Litestar's own table: one more method or path there is one more here."""
    app = create_app()
    answered = [
        (route.path, method)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS" and not handler.opt.get("static")
    ]
    assert len(answered) == len(WALKED.routes) == len(ROUTES)
    assert len(answered) > 60
    assert WALKED.mounts == ("/admin",)
    assert WALKED.static == ("/static/{file_path:path}",)
    assert [route.name for route in WALKED.routes if route.permission is None] == []


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.own_name != "GET /events"))
async def test_the_rightful_get_their_answer_and_the_others_nothing(world: Any, rehearsal: None, name: str) -> None:
    """Each role of the firm with rows of its own client: those who may are answered, those who may not are told so, nobody reads of other places."""
    route = ROUTES[name]
    answered = []
    for actor in world.actors.values():
        if not is_here(world, actor, route):
            continue
        answer = await world.visitors[actor.name].ask(route.method, route.address(rightful_ids(world, actor, route)))
        assert leaked(answer.content, answer.headers, world.hidden_from(actor)) == [], (actor.name, answer.url)
        assert answer.status_code < 500, (actor.name, answer.url, answer.text)
        if may(actor, route):
            expect_an_answer(actor, route, answer)
            answered += [] if (actor.role, route.own_name) in NOT_SHOWN else [actor.name]
        else:
            assert refuses(answer.status_code), (actor.name, answer.status_code)
    assert answered, "nobody was shown to be answered here"


def is_here(world: Any, actor: Any, route: Route) -> bool:
    """Whether the place is the actor's, and the row in it where the route names one."""
    if route.permission == "operator.use":
        return actor.role == "operator"
    if route.place in (PERSON, PORTAL):
        of_firm = actor.firm == world.mine.firm
        return world.mine.mark in actor.sees if route.row_parameters else of_firm or actor.role == "operator"
    if route.place == FIRM:
        return (
            actor.is_staff
            and actor.firm == world.mine.firm
            and (not route.row_parameters or world.mine.mark in actor.sees)
        )
    return world.mine.mark in actor.sees


def expect_an_answer(actor: Any, route: Route, answer: Any) -> None:
    status = answer.status_code
    if (actor.role, route.own_name) in NOT_SHOWN:
        assert status == 404, (actor.name, status)
    elif route.method == "GET":
        assert status in (200, 302, 303), (actor.name, status, answer.text[:300])
        assert not answer.headers.get("location", "").startswith("/sign-in") or route.permission == PUBLIC
    elif route.permission != PUBLIC:
        assert status not in (401, 403, 404, 405), (actor.name, status, answer.text[:300])


NOT_SHOWN = {
    ("sales_manager", "GET /capture/items/{item_id:int}"): "who only hands in sees their own: this is the driver's",
    ("sales_manager", "GET /capture/uploads/{item_id:int}/row"): "the same",
    ("cashier", "GET /figures/{key:str}"): "the example is sales, which this role does not see",
}
"""(role, route) → why there is nothing behind the address for this role, though it may ask."""


WITH_IDS = sorted(name for name, route in ROUTES.items() if set(route.parameters) - set(route.examples))


@pytest.mark.parametrize("name", WITH_IDS)
async def test_foreign_ids_open_nothing(world: Any, name: str) -> None:
    """Everybody who does not see the place asks for its rows: told that there is nothing, reads nothing, changes nothing."""
    route = ROUTES[name]
    boss = world.actors["boss"]
    ids = dict(world.ids) | {table: id_ for (owner, table), id_ in world.own.items() if owner == boss.name}
    of_one_person = bool({"core_notice", "core_session", "core_upload"} & set(route.tables(ids).values()))
    intruders = [
        actor
        for actor in world.actors.values()
        if actor.name not in ("signed out", boss.name) and (of_one_person or not is_here(world, actor, route))
    ]
    assert len(intruders) >= 8, "a place is guarded from everybody else"
    before = await rows_of_everybody(world)
    asked = [(actor, ids) for actor in intruders]
    if route.row_parameters and route.place == CLIENT:
        # At their own client's address too, which opens: the row in it is not theirs.
        asked += [
            (actor, ids | {"core_firm": actor.firm, "core_client": actor.client})
            for actor in world.actors.values()
            if actor.client not in (None, world.mine.client)
        ]
    for actor, given in asked:
        form = FORMS.get(route.own_name)
        answer = await world.visitors[actor.name].ask(route.method, route.address(given), form=form)
        assert leaked(answer.content, answer.headers, world.hidden_from(actor)) == [], (actor.name, answer.url)
        assert refuses(answer.status_code), (actor.name, answer.status_code, answer.headers, answer.text[:300])
    assert await rows_of_everybody(world) == before


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.permission != PUBLIC))
async def test_signed_out_people_are_sent_to_sign_in(world: Any, name: str) -> None:
    route = ROUTES[name]
    answer = await world.visitors["signed out"].ask(route.method, route.address(world.ids))
    assert asks_for_sign_in(answer.status_code, answer.headers.get("location", "")), (answer.status_code, answer.text)
    assert leaked(answer.content, answer.headers, world.hidden_from(world.actors["signed out"])) == []


FORMS = {
    "POST /vouchers/{voucher_id:int}/reverse": {"date": "2026-11-20", "reason": "看看"},
    "POST /vouchers/{voucher_id:int}/discard": {"reason": "看看"},
    "POST /people/{membership_id:int}/role": {"role": "cashier"},
    "POST /people/{membership_id:int}/active": {"active": "0"},
    "POST /risks/{alert_id:int}/explain": {"explanation": "看看而已,没有别的意思"},
    "POST /desk/{item_id:int}/return": {"reason": "看看"},
    "POST /tasks/{task_id:int}/tick": {"done": "1"},
}
"""What a form needs so that the row is looked for before the form is found wanting."""


async def rows_of_everybody(world: Any) -> dict[str, str]:
    """A digest of each table but sessions, whose clock moves: what is not there afterwards was changed."""
    return {
        table: await world.superuser.fetchval(
            f"select coalesce(md5(string_agg(t::text, '|' order by id)), '') from {table} t"  # noqa: S608
        )
        for table in world.ids
        if table != "core_session"
    }
