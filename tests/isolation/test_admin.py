"""PLAT-2, PLAT-8: every endpoint of the admin desk, for every table and form: the firm's own rows and nobody else's.

piccolo-admin makes its routes itself, so they are walked in its own route table.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from zhangfang_core.admin.catalogue import forms, screens
from zhangfang_core.admin.mount import desk
from zhangfang_sdk.testing.isolation import asks_for_sign_in, leaked, refuses

OF_A_TABLE = {
    ("GET", "/"),
    ("POST", "/"),
    ("GET", "/ids/"),
    ("GET", "/new/"),
    ("GET", "/count/"),
    ("GET", "/schema/"),
    ("GET", "/references/"),
    *((method, "/{row_id:str}/") for method in ("GET", "PUT", "PATCH", "DELETE")),
}
ELSEWHERE = {
    ("GET", "/api/tables/"),
    ("GET", "/api/tables/grouped/"),
    ("GET", "/api/links/"),
    ("GET", "/api/forms/"),
    ("GET", "/api/forms/grouped/"),
    ("GET", "/api/forms/{form_slug:str}/"),
    ("GET", "/api/forms/{form_slug:str}/schema/"),
    ("POST", "/api/forms/{form_slug:str}/"),
    ("GET", "/api/user/"),
    ("GET", "/public/meta/"),
    ("POST", "/public/logout/"),
    ("GET", "/public/translations/"),
    ("GET", "/public/translations/{language_code:str}/"),
    ("GET", "/"),
}
CLOSED = {
    ("POST", "/api/change-password/"),
    ("POST", "/api/media/"),
    ("POST", "/api/media/generate-file-url/"),
    ("GET", "/api/openapi.json"),
    ("GET", "/openapi.json"),
    ("GET", "/public/openapi.json"),
    ("*", "/api/docs/"),
    ("*", "/api/docs/oauth2-redirect/"),
    ("*", "/public/docs/"),
    ("*", "/public/docs/oauth2-redirect/"),
    ("*", "/public/login"),
}
FILES = {("*", "/assets")}
TABLES = {placed.item.table._meta.tablename: placed for placed in screens()}
WITHOUT_MARK = {
    "core_account": "the standard's own names",
    "core_period": "months",
    "core_module_switch": "module ids",
    "archive_manifest": "fingerprints",
}
"""Tables whose rows hold no text that tells places apart: their ids are compared instead."""


def endpoints(routes: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Method and path of everything in piccolo-admin, the applications mounted in it included."""
    for route in routes:
        path = before + getattr(route, "path", "")
        methods = getattr(route, "methods", None)
        inner = getattr(route, "app", None)
        while inner is not None and not hasattr(inner, "routes"):
            inner = getattr(inner, "app", None)
        if methods:
            yield from ((method, path) for method in methods if method != "HEAD")
        elif inner is not None and inner.routes and path not in ("/assets", "/public/login"):
            yield from endpoints(inner.routes, path)
        else:
            yield "*", path


def test_every_endpoint_of_the_desk_is_known() -> None:
    """A newer piccolo-admin that answers to more is asked more before it is let in."""
    found = set(endpoints(desk().routes))
    of_tables = {(m, p) for m, p in found if re.match(r"/api/tables/(?!grouped/)\w", p)}
    assert {p.split("/")[3] for _, p in of_tables} == set(TABLES)
    for table in TABLES:
        prefix = f"/api/tables/{table}"
        assert {(m, p.removeprefix(prefix)) for m, p in of_tables if p.startswith(f"{prefix}/")} == OF_A_TABLE, table
    assert found - of_tables == ELSEWHERE | CLOSED | FILES


async def ids_of(world: Any, table: str, firm: int) -> set[int]:
    column = "id" if table == "core_firm" else "firm"
    rows = await world.superuser.fetch(f"select id from {table} where {column} = $1", firm)  # noqa: S608
    return {row["id"] for row in rows}


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_a_table_shows_the_firm_s_rows_and_no_other(world: Any, table: str) -> None:
    mine, theirs = world.mine.firm, world.places["乙"].firm
    for name, firm, other in (("owner", mine, theirs), ("owner of another firm", theirs, mine)):
        actor, visitor = world.actors[name], world.visitors[name]
        base = f"/admin/{firm}/api/tables/{table}"
        own, foreign = await ids_of(world, table, firm), await ids_of(world, table, other)
        assert own, f"no row of {table} in the firm of {name}"
        listed = await visitor.get(f"{base}/?__page_size=100&__order=-id")
        assert listed.status_code == 200, (name, listed.status_code, listed.text[:300])
        shown = {row["id"] for row in listed.json()["rows"]}
        assert shown
        assert shown <= own
        assert leaked(listed.content, listed.headers, world.hidden_from(actor)) == []
        one = await visitor.get(f"{base}/{min(shown)}/")
        assert one.status_code == 200, (name, one.status_code, one.text[:300])
        for path in ("ids/", "count/", "references/", "new/", "schema/"):
            answer = await visitor.get(f"{base}/{path}")
            assert answer.status_code in (200, 405), (name, path, answer.status_code, answer.text[:200])
            assert leaked(answer.content, answer.headers, world.hidden_from(actor)) == [], path
        counted = await visitor.get(f"{base}/count/")
        if counted.status_code == 200:
            assert counted.json()["count"] <= len(own)
        for row in sorted(foreign - own)[:3]:
            answer = await visitor.get(f"{base}/{row}/")
            assert refuses(answer.status_code), (name, row, answer.status_code, answer.text[:200])
    if table not in WITHOUT_MARK:
        seen = await world.visitors["owner"].get(f"/admin/{mine}/api/tables/{table}/?__page_size=100&__order=-id")
        assert leaked(seen.content, {}, ["机密甲", "机密丙", "内部甲", "嘉喜", "boss@example.com", "boss"]), seen.text[
            :500
        ]


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_nobody_writes_into_another_firm_s_rows(world: Any, table: str) -> None:
    """Writable tables look for the row behind the walls; the others refuse to write at all. Nothing is changed either way."""
    visitor, row = world.visitors["owner of another firm"], world.ids[table]
    before = await digest(world, table)
    for method, body in (("PUT", {}), ("PATCH", {}), ("DELETE", None)):
        answer = await visitor.ask(
            method, f"/admin/{world.places['乙'].firm}/api/tables/{table}/{row}/", json=body or {}
        )
        assert answer.status_code in (400, 403, 404, 405, 422), (method, answer.status_code, answer.text[:300])
        if TABLES[table].item.writable:
            assert answer.status_code != 405
    assert await digest(world, table) == before


async def test_the_firm_s_own_rows_can_be_written(world: Any) -> None:
    """So that a wall which refuses everyone is seen: the owner changes a service's price, the neighbour cannot."""
    row = world.ids["marketplace_service"]
    path = f"/admin/{world.mine.firm}/api/tables/marketplace_service/{row}/"
    for asked in (path, path.replace(f"/{world.mine.firm}/", f"/{world.places['乙'].firm}/", 1)):
        refused = await world.visitors["owner of another firm"].ask("PATCH", asked, json={"price": 77})
        assert refused.status_code == 404, refused.text
    done = await world.visitors["owner"].ask("PATCH", path, json={"price": 88})
    assert done.status_code == 200, done.text
    assert await world.superuser.fetchval("select price from marketplace_service where id = $1", row) == 88_00


async def test_a_row_cannot_be_made_for_another_firm(world: Any) -> None:
    """A firm named in the body is not taken over: the row is the actor's own, or there is none."""
    visitor, theirs = world.visitors["owner of another firm"], world.places["乙"].firm
    body = {"firm": world.mine.firm, "title": "冒名", "content": "冒名", "deliverables": "", "price": 1, "days": 1}
    before = await ids_of(world, "marketplace_service", world.mine.firm)
    await visitor.ask("POST", f"/admin/{theirs}/api/tables/marketplace_service/", json=body)
    assert await ids_of(world, "marketplace_service", world.mine.firm) == before
    firms = await world.superuser.fetch("select firm from marketplace_service where title = '冒名'")
    assert {row["firm"] for row in firms} <= {theirs}


@pytest.mark.parametrize("method_and_path", sorted(f"{m} {p}" for m, p in CLOSED))
async def test_piccolo_admin_s_own_sign_in_is_closed(world: Any, method_and_path: str) -> None:
    method, path = method_and_path.split(" ")
    for asked in ("GET", "POST") if method == "*" else (method,):
        answer = await world.visitors["owner"].ask(
            asked, f"/admin/{world.mine.firm}{path}", json={} if asked == "POST" else None
        )
        assert answer.status_code in (404, 405), (asked, answer.status_code, answer.text[:200])


async def test_only_who_may_use_the_desk_reaches_it(world: Any) -> None:
    paths = ["/", "/api/tables/", "/api/forms/", "/api/user/", *(f"/api/tables/{table}/" for table in TABLES)]
    mine = world.mine.firm
    for actor in world.actors.values():
        for path in paths:
            answer = await world.visitors[actor.name].get(f"/admin/{mine}{path}")
            if actor.role == "":
                assert asks_for_sign_in(answer.status_code, answer.headers.get("location", "")), path
            elif "admin.use" in actor.permissions and actor.firm == mine:
                assert answer.status_code == 200, (actor.name, path, answer.status_code)
            else:
                assert answer.status_code == (403 if actor.is_staff and actor.firm == mine else 404), (
                    actor.name,
                    path,
                    answer.status_code,
                )
            assert leaked(answer.content, answer.headers, world.hidden_from(actor)) == [], (actor.name, path)


@pytest.mark.parametrize("form", sorted(placed.item.id for placed in forms()))
async def test_forms_are_answered_to_who_may_fill_them(world: Any, form: str) -> None:
    path = f"/admin/{world.mine.firm}/api/forms/{form}/"
    for name in ("owner", "accountant", "boss", "signed out"):
        actor, visitor = world.actors[name], world.visitors[name]
        for asked in (path, f"{path}schema/"):
            status = (await visitor.get(asked)).status_code
            assert status == {"owner": 200, "accountant": 403, "boss": 404, "signed out": 303}[name]
        posted = await visitor.ask("POST", path, json={"module": "no_such_module"})
        if "admin.use" in actor.permissions:
            assert posted.status_code in (400, 422), (name, posted.status_code, posted.text[:300])
        else:
            assert posted.status_code in (401, 403, 404), (name, posted.status_code)


async def digest(world: Any, table: str) -> str:
    found: str = await world.superuser.fetchval(
        f"select coalesce(md5(string_agg(t::text, '|' order by id)), '') from {table} t"  # noqa: S608
    )
    return found
