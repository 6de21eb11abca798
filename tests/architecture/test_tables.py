"""PLAT-2: every table of core and of every plugin stands behind both walls, or says here why it does not."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from piccolo.columns import Column, ForeignKey
from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from zhangfang_core.modules.discovery import discover
from zhangfang_core.piccolo_conf import APP_REGISTRY
from zhangfang_core.testing.databases import TestServer
from zhangfang_sdk import references
from zhangfang_sdk.context import Scope, in_scope
from zhangfang_sdk.tables import ClientRows, FirmRows

NO_FIRM = {
    "core_firm": "the tenant itself; its wall is its own id",
    "core_user": "a person is one for the deployment; walls by person, by sign-in name and by colleagues",
    "core_contact_point": "a person's, wherever they belong; walls by person and by colleagues",
    "core_contact_code": "a person's; wall by person",
    "core_contact_choice": "a person's; walls by person and by colleagues",
    "core_consent": "a person's; walls by person and by colleagues",
    "core_notice_opt_out": "a person's; walls by person and by colleagues",
    "core_calendar_day": "working days are the same for every firm; everybody reads, the operator writes",
    "core_recovery_code": "a person's; wall by person",
    "core_passkey": "a person's; walls by person, by the passkey's own id and, to read, by colleagues",
    "core_passkey_challenge": "answered before anybody may be known; wall by the challenge itself",
    "core_reset": "a person's; walls by person, by the link's token, by colleagues and by the operator",
    "core_sign_in_pace": "failed tries, before anybody is known; wall by keys that the database cannot make",
    "core_session": "a person's signed-in browser, before a firm is known; walls by person and by token",
}
"""Tables of ours without a ``firm`` column: still behind FORCE row-level security, with policies of their own."""

NOT_OURS = {
    "migration": "Piccolo's list of migrations that ran; no tenant's data",
    "procrastinate_jobs": "the queue: ids only, each job opens its own firm's scope; triggers keep who queues and changes what",
    "procrastinate_events": "when a job of the queue changed its state",
    "procrastinate_periodic_defers": "which scheduled job was deferred when",
    "procrastinate_workers": "heartbeats of workers",
}
"""Tables of libraries; none holds what a firm or a client wrote."""

FOR_ONE_ROLE = {("core_search_item", "searching"): "zhangfang_search"}
"""Policies without a condition, for a role that nobody signs in as: what its functions refuse is tried in tests/isolation/test_search.py."""

KEPT_BY_POLICY = {
    (
        "core_voucher_line",
        "client",
        "core_client",
    ): "lines are many: the trigger core_ledger_lines_law holds each to its voucher's client and firm",
    ("core_line_detail", "client", "core_client"): "as with lines: policy with_its_line",
    ("core_open_item", "client", "core_client"): "as with lines: policy with_its_line",
}
"""References inside the firm without a composite key of their own."""

APPS: dict[str, AppConfig] = APP_REGISTRY.app_configs
TABLES: dict[str, type[Table]] = {t._meta.tablename: t for app in APPS.values() for t in app.table_classes}
WALLED = {name: table for name, table in TABLES.items() if name not in NO_FIRM}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def catalogue(test_server: TestServer) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """The migrated template itself: PostgreSQL's own word on what stands in it."""
    connection = await asyncpg.connect(test_server.superuser(test_server.template))
    yield connection
    await connection.close()


def columns(table: type[Table]) -> dict[str, Column]:
    return {c._meta.db_column_name: c for c in table._meta.columns}


def test_every_table_name_begins_with_its_owner() -> None:
    """A plugin's tables begin with its id, core's with ``core_``: no two distributions can meet in one name."""
    ids = [p.manifest.id for p in discover()[0]]
    for name, app in APPS.items():
        prefix = "core_" if name.startswith("core_") else f"{name}_"
        assert name.startswith("core_") or name in ids
        wrong = [t._meta.tablename for t in app.table_classes if not t._meta.tablename.startswith(prefix)]
        assert wrong == []
    counted = Counter(t._meta.tablename for app in APPS.values() for t in app.table_classes)
    assert [name for name, times in counted.items() if times > 1] == []


def test_every_table_of_a_firm_has_the_first_wall() -> None:
    for name, table in TABLES.items():
        if name in NO_FIRM:
            assert "firm" not in columns(table), f"{name} has a firm now: take it off the list"
            continue
        assert issubclass(table, FirmRows), f"{name} is not behind the first wall"
        client = columns(table).get("client")
        if client is not None and not client._meta.null:
            assert issubclass(table, ClientRows), f"{name} has a client and is not walled by it"


async def test_every_table_is_forced_behind_the_second_wall(catalogue: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Row-level security enabled and forced, at least one policy, and the application owns nothing."""
    rows = await catalogue.fetch(
        """select c.relname::text as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
            pg_get_userbyid(c.relowner)::text as owner,
            (select count(*) from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname) as policies
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1"""
    )
    found = {row["name"]: row for row in rows}
    assert set(found) == set(TABLES) | set(NOT_OURS), "a table that no room declares, or one that no migration makes"
    for name in TABLES:
        row = found[name]
        assert (row["enabled"], row["forced"]) == (True, True), name
        assert row["policies"] >= 1, name
    assert {row["owner"] for row in rows} == {"zhangfang_owner"}


async def test_policies_ask_for_the_firm(catalogue: "asyncpg.Connection[asyncpg.Record]") -> None:
    """No policy of a firm's table lets rows through by anything but the firm, the person or a secret."""
    rows = await catalogue.fetch(
        """select tablename::text, policyname::text, coalesce(qual, '') || ' ' || coalesce(with_check, '') as condition
        from pg_policies where schemaname = 'public' and permissive = 'PERMISSIVE' and (tablename, policyname, roles) <> all (
            select t, p, array[r]::name[] from unnest($1::text[], $2::text[], $3::text[]) x (t, p, r))""",
        *(list(each) for each in zip(*((table, policy, role) for (table, policy), role in FOR_ONE_ROLE.items()), strict=True)),
    )
    asked = ("app_firm()", "app_user()", "app_operator()", "'app.token'", "'app.login'", "'app.own'")
    open_ = [(r["tablename"], r["policyname"]) for r in rows if not any(word in r["condition"] for word in asked)]
    assert len(rows) >= len(TABLES)
    assert open_ == []


async def test_no_reference_crosses_firms(catalogue: "asyncpg.Connection[asyncpg.Record]") -> None:
    """PostgreSQL checks foreign keys without asking row-level security: each has a companion on (firm, column)."""
    rows = await catalogue.fetch(
        """select con.conrelid::regclass::text as source, con.confrelid::regclass::text as target,
            array(select attname::text from unnest(con.conkey) with ordinality k(number, place)
                join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.number order by place) as columns
        from pg_constraint con where con.contype = 'f'"""
    )
    composite = {
        (r["source"], r["columns"][1], r["target"])
        for r in rows
        if r["columns"][:1] == ["firm"] and len(r["columns"]) == 2
    }
    missing = [
        (name, column, key._foreign_key_meta.resolved_references._meta.tablename)
        for name, table in WALLED.items()
        for column, key in columns(table).items()
        if isinstance(key, ForeignKey)
        and key._foreign_key_meta.resolved_references._meta.tablename in WALLED
        and (name, column, key._foreign_key_meta.resolved_references._meta.tablename) not in composite
    ]
    assert set(missing) == set(KEPT_BY_POLICY)


KEY_TABLES = [
    t
    for t in vars(references).values()
    if isinstance(t, type) and issubclass(t, Table) and t.__module__ == references.__name__
]


@pytest.mark.parametrize("key", KEY_TABLES, ids=lambda t: t.__name__)
def test_the_sdk_s_key_tables_match_the_real_ones(key: type[Table]) -> None:
    """What a plugin points at is what core has: same table, same columns, same types, same label."""
    real = columns(TABLES[key._meta.tablename])
    for name, column in columns(key).items():
        assert name in real, f"{key._meta.tablename} has no {name}"
        assert type(column) is type(real[name])
        assert column.column_type == real[name].column_type
        assert column._meta.primary_key == real[name]._meta.primary_key
        assert getattr(column, "length", None) == getattr(real[name], "length", None)
    label = key.get_readable()
    assert label.columns
    assert all(c._meta.name in columns(key) for c in label.columns)


def test_plugins_point_at_core_through_the_sdk_s_key_tables_only() -> None:
    for installed in discover()[0]:
        app = APPS.get(installed.manifest.id)
        for table in () if app is None else app.table_classes:
            for column in table._meta.foreign_key_columns:
                target = column._foreign_key_meta.resolved_references
                own = target.__module__.startswith(installed.package)
                assert own or target in KEY_TABLES, f"{table._meta.tablename}.{column._meta.name}"


@pytest.mark.parametrize("name", sorted(name for name, table in TABLES.items() if issubclass(table, ClientRows)))
def test_every_query_of_a_clients_table_names_firm_and_clients(name: str) -> None:
    """The first wall by itself: the second one, behind it, would hide that half of it is missing."""
    table: type[Any] = TABLES[name]
    column = table.client
    for clients, said in ((frozenset({7, 9}), '"client" IN (7, 9)'), (frozenset[int](), "false"), (None, "")):
        with in_scope(Scope(firm=4711, clients=clients)):
            queries = [table.select(), table.objects(), table.count(), table.delete(force=True)]
            queries += [table.exists(), table.update({column: 7}, force=True)]
            written = [str(query.default_querystrings[0]) for query in queries]
        for sql in written:
            assert '"firm" = 4711' in sql, sql
            assert said in sql, sql
