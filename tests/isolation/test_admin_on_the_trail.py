"""PLAT-9: whatever the desk writes is on the trail, or is refused: every table, every method, one row and all of them."""

from typing import Any

import pytest

from zhangfang_core.admin.catalogue import screens

TABLES = {placed.item.table._meta.tablename: placed.item for placed in screens()}
TRAIL = "select count(*) from core_audit_entry where action like 'admin.%' and subject in ($1, $2)"


async def contents(world: Any, table: str) -> str:
    found: str = await world.superuser.fetchval(
        f"select coalesce(md5(string_agg(t::text, '|' order by id)), '') from {table} t"  # noqa: S608
    )
    return found


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("table", sorted(TABLES))
async def test_a_write_is_on_the_trail_or_refused(world: Any, table: str, method: str) -> None:
    """Each is tried with the row's own values, then with every text changed, at the row and at the table as a whole."""
    owner, row = world.visitors["owner"], world.own.get(("owner", table), world.ids[table])
    base = f"/admin/{world.mine.firm}/api/tables/{table}/"
    shown = await owner.get(f"{base}{row}/")
    assert shown.status_code == 200, shown.text[:200]
    own = {key: value for key, value in shown.json().items() if key != "id" and not key.endswith("_readable")}
    changed = {key: f"{value}改" if isinstance(value, str) else value for key, value in own.items()}
    one_by_one = [{key: value} for key, value in changed.items()]
    for address in (base, f"{base}{row}/", f"{base}?__allow=true&id={row}"):
        for body in (own, changed, *one_by_one):
            before = await contents(world, table)
            noted = await world.superuser.fetchval(TRAIL, table, f"{table}:{row}")
            answer = await owner.ask(method, address, json=body)
            assert answer.status_code < 500, (address, answer.status_code, answer.text[:200])
            told = await world.superuser.fetchval(TRAIL, table, f"{table}:{row}") - noted
            assert told or await contents(world, table) == before, (address, body)
            if not TABLES[table].writable:
                assert answer.status_code in (403, 404, 405), (address, answer.status_code)
                assert not told


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_no_other_role_writes_at_all(world: Any, method: str) -> None:
    """At the row and at the table, by its name and by its title: who may not use the desk changes nothing, wherever they say they are."""
    mine = world.mine.firm
    for table, screen in sorted(TABLES.items()):
        row = world.ids[table]
        before = await contents(world, table)
        body = {column._meta.name: "改" for column in screen.columns}
        for actor in world.actors.values():
            if "admin.use" in actor.permissions and actor.firm == mine:
                continue
            for name in (table, screen.title):
                for end in ("", f"{row}/", f"?__allow=true&id={row}"):
                    address = f"/admin/{mine}/api/tables/{name}/{end}"
                    answer = await world.visitors[actor.name].ask(method, address, json=body)
                    assert answer.status_code in (303, 401, 403, 404, 405), (actor.name, address, answer.status_code)
        assert await contents(world, table) == before, table
