"""What a plugin has in the database: its own tables and whatever it made beside them, and core's rows that are about it.

Asked and changed as the owner, in the caller's transaction. Row-level security binds the owner too (FORCE), silently: the plugin's
tables are opened by :func:`lift_walls`, core's are gone through firm by firm, so that nobody waits for them.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg


@dataclass(frozen=True, slots=True)
class CoreRows:
    """Rows of one of core's tables that are about a plugin (``$1`` is its id). Those that are not ``kept`` are made anew by what happens."""

    table: str
    about: str
    kept: bool = True


CORE_ROWS = (
    CoreRows("core_module_switch", "module = $1"),
    CoreRows("core_module_setting", "module = $1"),
    CoreRows("core_client_setting", "module = $1"),
    CoreRows("core_vendor_choice", "starts_with(vendor, $1 || '.')"),
    CoreRows("core_vendor_call", "starts_with(vendor, $1 || '.')"),
    CoreRows("core_vendor_breaker", "starts_with(vendor, $1 || '.')", kept=False),
    CoreRows("core_part_trouble", "plugin = $1", kept=False),
    CoreRows("core_failed_job", "plugin = $1"),
    CoreRows("core_search_item", "starts_with(kind, $1 || '.')", kept=False),
    CoreRows("core_search_kind", "starts_with(kind, $1 || '.')", kept=False),
)
"""Not among them: notices and their deliveries, months' skipped steps, the trail (a record of what people were told and did), what a person chose
not to be sent, and files (a client's own, kept as they came)."""

OWN_PERMISSIONS = """select firm, key, (select jsonb_agg(p) from jsonb_array_elements_text(permissions) p where starts_with(p, $1 || '.')) as permissions
    from core_role where firm = app_firm() and exists (select from jsonb_array_elements_text(permissions) p where starts_with(p, $1 || '.'))"""
WITHOUT_PERMISSIONS = """update core_role set permissions = (select coalesce(jsonb_agg(p), '[]') from jsonb_array_elements_text(permissions) p
    where not starts_with(p, $1 || '.')) where firm = app_firm() and exists (
    select from jsonb_array_elements_text(permissions) p where starts_with(p, $1 || '.'))"""
WITH_PERMISSIONS = """update core_role set permissions = permissions || $2::jsonb
    where firm = app_firm() and key = $1 and not permissions @> $2::jsonb"""

_TABLES = """select c.relname as name, c.relkind::text as kind, c.relforcerowsecurity as forced from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and starts_with(c.relname, $1 || '_') and c.relkind in ('r', 'p', 'v', 'm') order by 1"""
_COLUMNS = """select a.attname as name from pg_attribute a
    where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum"""
_KEY = """select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
    where i.indrelid = $1::text::regclass and i.indisprimary order by a.attnum"""
_BESIDE = """select 'function ' || p.oid::regprocedure as thing from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and starts_with(p.proname, $1 || '_') and p.prokind in ('f', 'w')
    union all select 'type ' || t.oid::regtype from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname = 'public' and starts_with(t.typname, $1 || '_') and t.typtype in ('e', 'd')"""
_FILE_COLUMNS = """select distinct r.conrelid::regclass::text as table, a.attname as column from pg_constraint r
    cross join lateral unnest(r.conkey, r.confkey) as k(own, other)
    join pg_attribute a on a.attrelid = r.conrelid and a.attnum = k.own
    join pg_attribute b on b.attrelid = r.confrelid and b.attnum = k.other and b.attname = 'id'
    where r.contype = 'f' and r.confrelid = 'core_document'::regclass and r.conrelid = any($1::text[]::regclass[])"""


@dataclass(frozen=True, slots=True)
class OwnTable:
    """``columns`` that hold what was written (not computed ones); ``key`` orders the rows, all columns where there is no primary key."""

    name: str
    columns: Sequence[str]
    key: Sequence[str]
    forced: bool

    @property
    def all_rows(self) -> str:
        """A query of every row, in an order that is the same whenever the rows are."""
        return f'select {quoted(self.columns)} from "{self.name}" order by {quoted(self.key)}'  # noqa: S608  # names from the catalogue


def quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


async def own_tables(connection: "asyncpg.Connection[Any]", plugin: str, others: frozenset[str]) -> list[OwnTable]:
    """Tables by name. ``others`` are all known plugins: of two ids that begin alike the longer one has the table."""
    return [
        OwnTable(
            row["name"],
            [column["name"] for column in await connection.fetch(_COLUMNS, row["name"])],
            [column["name"] for column in await connection.fetch(_KEY, row["name"])]
            or [column["name"] for column in await connection.fetch(_COLUMNS, row["name"])],
            row["forced"],
        )
        for row in await connection.fetch(_TABLES, plugin)
        if row["kind"] in ("r", "p") and _is_own(row["name"], plugin, others)
    ]


def _is_own(name: str, plugin: str, others: frozenset[str]) -> bool:
    return max((id_ for id_ in {plugin, *others} if name.startswith(f"{id_}_")), key=len) == plugin


async def lock(connection: "asyncpg.Connection[Any]", tables: Sequence[OwnTable]) -> None:
    """Nobody reads or writes them until the transaction ends. Raises asyncpg.LockNotAvailableError."""
    if tables:
        await connection.execute(f"lock table {quoted([t.name for t in tables])} in access exclusive mode")


async def lift_walls(connection: "asyncpg.Connection[Any]", tables: Sequence[OwnTable]) -> None:
    """Let the owner see every row of them; to be put back by :func:`put_walls` unless they are dropped."""
    for table in tables:
        await connection.execute(f'alter table "{table.name}" no force row level security')


async def put_walls(connection: "asyncpg.Connection[Any]", tables: Sequence[OwnTable]) -> None:
    for table in tables:
        if table.forced:
            await connection.execute(f'alter table "{table.name}" force row level security')


async def drop_own(connection: "asyncpg.Connection[Any]", plugin: str, tables: Sequence[OwnTable], others: frozenset[str]) -> None:
    """Views, then tables, then functions and types. Raises asyncpg.DependentObjectsStillExistError when something of others hangs on them."""
    for row in await connection.fetch(_TABLES, plugin):
        if row["kind"] in ("v", "m") and _is_own(row["name"], plugin, others):
            await connection.execute(f'drop {"materialized " if row["kind"] == "m" else ""}view "{row["name"]}"')
    if tables:
        await connection.execute(f"drop table {quoted([t.name for t in tables])}")
    for row in await connection.fetch(_BESIDE, plugin):
        if _is_own(row["thing"].partition(" ")[2], plugin, others):
            await connection.execute(f"drop {row['thing']}")


async def each_firm(connection: "asyncpg.Connection[Any]") -> AsyncIterator[int]:
    """Every firm, with the transaction in that firm's scope while it is the one at hand."""
    await connection.execute(
        "select set_config('app.operator', 'on', true), set_config('app.staff', 'on', true), set_config('app.clients', '*', true)"
    )
    for row in await connection.fetch("select id from core_firm order by id"):
        await connection.execute("select set_config('app.firm', $1, true)", str(row["id"]))
        yield row["id"]
    await connection.execute("select set_config('app.firm', '', true)")


async def files_of(connection: "asyncpg.Connection[Any]", tables: Sequence[OwnTable]) -> list[int]:
    """Ids of the documents that the rows name; the walls are lifted."""
    found: set[int] = set()
    for row in await connection.fetch(_FILE_COLUMNS, [t.name for t in tables]):
        named = await connection.fetch(f'select distinct "{row["column"]}" as id from {row["table"]}')  # noqa: S608
        found |= {each["id"] for each in named if each["id"] is not None}
    return sorted(found)


async def sequences_of(connection: "asyncpg.Connection[Any]", table: OwnTable) -> Mapping[str, tuple[int, bool]]:
    """Where the table's own sequences stand, by column."""
    found: dict[str, tuple[int, bool]] = {}
    for column in table.columns:
        sequence = await connection.fetchval("select pg_get_serial_sequence($1, $2)", table.name, column)
        if sequence is not None:
            row = await connection.fetchrow(f"select last_value, is_called from {sequence}")  # noqa: S608
            if row is not None:
                found[column] = (row["last_value"], row["is_called"])
    return found
