"""ARCH-3, PLAT-2: the search index gives nobody what is not theirs, whatever is written into the settings, the words or a row."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from zhangfang_sdk.testing.isolation import leaked

ASK = "select core_search($1::text[], $2::text[], $3::text[], $4, null, null, null, 200) as id"
KINDS = ["core.clients", "core.vouchers", "core.documents", "capture_ocr.items", "collab.tasks", "archive.manifests"]


@asynccontextmanager
async def as_application(world: Any, **settings: str) -> AsyncIterator[Any]:
    """The application's role, with these settings of the transaction and no first wall in between."""
    superuser = world.superuser
    async with superuser.transaction():
        await superuser.execute("set local role zhangfang_app")
        for name, value in settings.items():
            await superuser.execute("select set_config($1, $2, true)", f"app.{name}", value)
        yield superuser


def only(client: int) -> str:
    return f"{{{client}}}"


async def owners_of(world: Any, ids: list[int]) -> set[tuple[int, int]]:
    rows = await world.superuser.fetch("select firm, client from core_search_item where id = any ($1)", ids)
    return {(row["firm"], row["client"]) for row in rows}


async def asked(world: Any, settings: Mapping[str, str], word: str = "机密", client: int | None = None) -> list[int]:
    async with as_application(world, **settings) as connection:
        return [row["id"] for row in await connection.fetch(ASK, [word], KINDS, [], client)]


async def test_everybody_finds_their_own_and_nothing_else(world: Any) -> None:
    """By the page, from every kind of home: whoever is there."""
    found = 0
    for actor in world.actors.values():
        if actor.token is None or actor.firm is None:
            continue
        for word in ("机密", "内部", "有限公司", "甲", "乙"):
            answer = await world.visitors[actor.name].get(f"{actor.home}/search?q={quote(word)}")
            assert answer.status_code == 200, (actor.name, word)
            hidden = [h for h in world.hidden_from(actor) if h != word]
            assert leaked(answer.content, answer.headers, hidden) == [], (actor.name, word)
            found += answer.text.count('class="item hit"')
    assert found > 100


@pytest.mark.parametrize("role", ["sales_manager", "driver"])
async def test_who_only_hands_in_finds_their_own_alone(world: Any, role: str) -> None:
    """Of a client whose boss finds vouchers, tasks and everybody's files."""
    text = (await world.visitors[role].get(f"{world.actors[role].home}/search?q={quote('机密')}")).text
    boss = (await world.visitors["boss"].get(f"{world.actors['boss'].home}/search?q={quote('机密')}")).text
    for path in ("/vouchers/", "/tasks/", "/documents/"):
        assert path in boss, path
        assert f'class="item hit" href="{world.actors[role].home}{path}' not in text, path
    assert text.count("/capture/items/") == (1 if role == "driver" else 0)


async def test_the_settings_say_whose_it_is(world: Any) -> None:
    mine, neighbour = world.places["甲"], world.places["丙"]
    firm, one = str(mine.firm), only(mine.client)
    assert await owners_of(world, await asked(world, {"firm": firm, "clients": one})) == {(mine.firm, mine.client)}
    both = {(mine.firm, mine.client), (mine.firm, neighbour.client)}
    assert await owners_of(world, await asked(world, {"firm": firm, "clients": "*"})) == both
    assert await asked(world, {"firm": firm, "clients": "{}"}) == []
    assert await asked(world, {"firm": firm, "clients": one}, client=neighbour.client) == []
    assert await asked(world, {"firm": firm, "clients": "*"}, client=world.places["乙"].client) == []


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({}, asyncpg.InsufficientPrivilegeError),
        ({"firm": "", "clients": "*"}, asyncpg.InsufficientPrivilegeError),
        ({"firm": "1", "clients": ""}, asyncpg.InsufficientPrivilegeError),
        ({"firm": "1 or true", "clients": "*"}, asyncpg.DataError),
        ({"firm": "*", "clients": "*"}, asyncpg.DataError),
        ({"firm": "1", "clients": "*,2"}, asyncpg.DataError),
        ({"firm": "1", "clients": "{1}' or true --"}, asyncpg.DataError),
        ({"firm": "1", "clients": "*", "user": "x"}, asyncpg.DataError),
    ],
)
async def test_empty_and_forged_settings_are_refused(
    world: Any, settings: Mapping[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await asked(world, settings)


async def test_words_are_no_statements_and_no_tokens(world: Any) -> None:
    """Neither SQL, nor operators of searches, nor the index's own tokens of another firm."""
    mine, there = world.places["甲"], world.places["乙"]
    settings = {"firm": str(mine.firm), "clients": only(mine.client)}
    tokens = (f"\x01f{there.firm}", f"\x01c{there.client}", "\x01kcore.vouchers", "机密乙")
    for word in (
        *tokens,
        "%",
        "_",
        "%%",
        "'",
        "\\",
        "' or true --",
        "$1",
        "机密' | '机",
        "机:*",
        "{机}",
        '"',
        "机\n密",
    ):
        found = await asked(world, settings, word)
        assert await owners_of(world, found) <= {(mine.firm, mine.client)}, word
        rows = await world.superuser.fetch("select folded from core_search_item where id = any ($1)", found)
        assert all(word in row["folded"] for row in rows), word
    for words in ([], [""], ["x", None], ["x"] * 17):
        with pytest.raises(asyncpg.InvalidParameterValueError):
            async with as_application(world, **settings) as connection:
                await connection.fetch(ASK, words, KINDS, [], None)
    for kinds in ([], ["core.no_such"], ["core.vouchers' or true --"]):
        async with as_application(world, **settings) as connection:
            assert await connection.fetch(ASK, ["机密"], kinds, [], None) == []


async def test_a_row_cannot_be_put_before_others(world: Any) -> None:
    """Its tokens come from its firm and client, and the wall lets it have its own only; an id is no right to read."""
    mine, there = world.places["甲"], world.places["乙"]
    insert = """insert into core_search_item (firm, client, kind, object, day, title, body, path, folded)
        values ($1, $2, 'core.clients', 4711, $3, 'x', '', '/x', $4)"""
    for firm, client, error in (
        (there.firm, there.client, asyncpg.InsufficientPrivilegeError),
        (mine.firm, world.places["丙"].client, asyncpg.InsufficientPrivilegeError),
    ):
        with pytest.raises(error):
            async with as_application(world, firm=str(mine.firm), clients=only(mine.client)) as connection:
                await connection.execute(insert, firm, client, dt.date(2026, 1, 1), "机密")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with as_application(world, firm=str(mine.firm), clients="*") as connection:
            await connection.execute(insert, mine.firm, there.client, dt.date(2026, 1, 1), "机密")
    foreign = await asked(world, {"firm": str(there.firm), "clients": "*"})
    async with as_application(world, firm=str(mine.firm), clients="*") as connection:
        assert await connection.fetch("select * from core_search_item where id = any ($1)", foreign) == []


async def test_the_role_behind_the_function_can_do_nothing_else(world: Any) -> None:
    row = await world.superuser.fetchrow(
        """select r.rolcanlogin, r.rolsuper, r.rolbypassrls, r.rolcreaterole, p.prosecdef, p.proconfig, p.proacl::text as rights
        from pg_proc p join pg_roles r on r.oid = p.proowner where p.proname = 'core_search'"""
    )
    assert row is not None
    assert [row[n] for n in ("rolcanlogin", "rolsuper", "rolbypassrls", "rolcreaterole", "prosecdef")] == [
        False
    ] * 4 + [True]
    assert "search_path=pg_catalog, pg_temp" in row["proconfig"]
    assert "{=" not in row["rights"], "nobody but who is named may call it"
    assert ",=" not in row["rights"]
    tables = await world.superuser.fetch(
        """select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'v', 'S')
        and (has_table_privilege('zhangfang_search', c.oid, 'insert, update, delete, truncate') or
          (has_table_privilege('zhangfang_search', c.oid, 'select') and c.relname <> 'core_search_item'))"""
    )
    assert tables == []
    assert not await world.superuser.fetchval("select has_schema_privilege('zhangfang_search', 'public', 'create')")
    for role in ("zhangfang_app", "zhangfang_owner"):
        assert not await world.superuser.fetchval("select pg_has_role($1, 'zhangfang_search', 'usage')", role)
    definers = await world.superuser.fetch(
        """select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and p.prosecdef
        and pg_get_userbyid(p.proowner) = 'zhangfang_search'"""
    )
    assert [row["proname"] for row in definers] == ["core_search"]


async def test_a_function_of_another_s_making_is_not_called(world: Any) -> None:
    """Names in the session's own path mean nothing inside."""
    mine = world.places["甲"]
    async with as_application(world, firm=str(mine.firm), clients=only(mine.client)) as connection:
        await connection.execute("create temporary table core_search_item as select 1 as id")
        await connection.execute("set local search_path = pg_temp, public")
        rows = await connection.fetch(ASK.replace("core_search", "public.core_search"), ["机密"], KINDS, [], None)
        assert rows
