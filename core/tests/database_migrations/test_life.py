"""Core migrates as a whole, each plugin by itself, and a node that may not migrate knows what is missing (PLAT-3, PLAT-10)."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from piccolo.table import TABLE_REGISTRY

import zhangfang_core.piccolo_conf as conf
from zhangfang_core.database import own_migrations
from zhangfang_core.database.engine import DB
from zhangfang_core.database.migration_files import MigrationError
from zhangfang_core.database.waiting import MIGRATION_LOCK
from zhangfang_core.modules import life, time_limits
from zhangfang_core.modules.discovery import discover
from zhangfang_core.modules.life import migrate, migrated_elsewhere
from zhangfang_core.testing.databases import TestServer, empty, fresh
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.strangers import TABLES, table_files, write_stranger

BROKEN_APP = TABLES.replace("from pathlib", "raise RuntimeError('kein Tisch')\nfrom pathlib", 1)
TABLES_THERE = "select table_name::text from information_schema.tables where table_schema = 'public'"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where strangers are installed for this test."""
    monkeypatch.syspath_prepend(tmp_path)
    discover.cache_clear()
    yield tmp_path
    discover.cache_clear()
    for name in [n for n in sys.modules if "stranger_" in n or ".stranger" in n]:
        del sys.modules[name]


@pytest_asyncio.fixture(loop_scope="session")
async def migrated(test_server: TestServer) -> AsyncIterator[str]:
    """A database of core and our own plugins."""
    async with fresh(test_server) as name:
        yield name


@pytest_asyncio.fixture(loop_scope="session")
async def superuser(test_server: TestServer, migrated: str) -> "AsyncIterator[asyncpg.Connection[Any]]":
    connection = await asyncpg.connect(test_server.superuser(migrated))
    yield connection
    await connection.close()


async def tables(connection: "asyncpg.Connection[Any]") -> set[str]:
    return {row["table_name"] for row in await connection.fetch(TABLES_THERE)}


async def test_a_bad_migration_costs_its_own_plugin_only(
    test_server: TestServer, migrated: str, superuser: "asyncpg.Connection[Any]", folder: Path
) -> None:
    """What it had made is gone, those beside it migrate, and whoever needs it is left out for that."""
    write_stranger(folder, "stranger_bad", files=table_files("stranger_bad", sql="select 1/0;"))
    write_stranger(folder, "stranger_good", files=table_files("stranger_good"))
    write_stranger(
        folder, "stranger_needing", manifest='requires = ["plugin:stranger_bad"]', files=table_files("stranger_needing")
    )
    upgrade = await migrate(test_server.owner(migrated))
    assert set(upgrade.left_out) == {"stranger_bad", "stranger_needing"}
    assert "division by zero" in upgrade.left_out["stranger_bad"].reason
    assert upgrade.left_out["stranger_needing"].reason == "它依赖的模块 stranger_bad 没有装入"
    assert {t for t in await tables(superuser) if t.startswith("stranger")} == {"stranger_good_thing"}
    assert await superuser.fetch("select distinct app_name from migration where app_name like 'stranger%'") == [
        ("stranger_good",)
    ]

    left_out = await migrated_elsewhere(test_server.addresses(migrated).application)
    assert set(left_out) == {"stranger_bad", "stranger_needing"}
    assert "2026-11-26T09:00:00:stranger_bad-1" in left_out["stranger_bad"].reason


async def test_a_mended_migration_runs_at_the_next_start(
    test_server: TestServer, migrated: str, superuser: "asyncpg.Connection[Any]", folder: Path
) -> None:
    package = write_stranger(folder, "stranger_mended", files=table_files("stranger_mended", sql="select 1/0;"))
    assert "stranger_mended" in (await migrate(test_server.owner(migrated))).left_out
    migration = package / "migrations" / "stranger_mended_0002_walls.py"
    migration.write_text(migration.read_text("utf-8").replace("1/0", "1"), "utf-8")
    del sys.modules["zhangfang_migrations.stranger_mended.stranger_mended_0002_walls"]
    assert (await migrate(test_server.owner(migrated))).left_out == {}
    assert "stranger_mended_thing" in await tables(superuser)


async def test_a_migration_that_does_not_end_is_said_and_costs_its_own_plugin_only(
    test_server: TestServer, migrated: str, superuser: "asyncpg.Connection[Any]", folder: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """In the database or in Python; who starts by hand with no limit is told while it runs."""
    monkeypatch.setattr(time_limits, "SAID_AFTER_S", 0.2)
    write_stranger(folder, "stranger_asleep", files=table_files("stranger_asleep", sql="select pg_sleep(60);"))
    files = table_files("stranger_dreaming")
    walls = "migrations/stranger_dreaming_0002_walls.py"
    files[walls] = files[walls].replace("await build", "import asyncio; await asyncio.sleep(60); await build")
    write_stranger(folder, "stranger_dreaming", files=files)
    write_stranger(folder, "stranger_woken", files=table_files("stranger_woken"))
    with caplog.at_level(logging.WARNING, "zhangfang.start"):
        upgrade = await migrate(test_server.owner(migrated), seconds=0.7)
    assert set(upgrade.left_out) == {"stranger_asleep", "stranger_dreaming"}
    assert all("在 0.7 秒内没有完成" in lost.reason for lost in upgrade.left_out.values())
    assert {t for t in await tables(superuser) if t.startswith("stranger")} == {"stranger_woken_thing"}
    assert "migrating plugin stranger_asleep (2026-11-26T09:00:00:stranger_asleep-1, " in caplog.text


MISFITS = {
    "a table of core's": (
        table_files("stranger", table="core_voucher"),
        "表名须以 stranger_ 开头,这些不是: core_voucher",
    ),
    "a taken id": (
        {**table_files("stranger"), "migrations/stranger_0002_walls.py": 'ID = "2026-11-26T08:01:01:000000"'},
        "已属于 core_identity",
    ),
    "tables that raise": (table_files("stranger", app=BROKEN_APP), "kein Tisch"),
    "another app's name": (table_files("stranger", app=TABLES.replace('"{plugin}", str', '"books", str')), "'books'"),
    "an exit": (
        {**table_files("stranger"), "migrations/stranger_0001_tables.py": "import sys\nsys.exit('weg')"},
        "weg",
    ),
    "no migrations' id": ({**table_files("stranger"), "migrations/stranger_0001_tables.py": ""}, "ID"),
    "one id twice": (
        {**table_files("stranger"), "migrations/stranger_0003.py": 'ID = "2026-11-26T09:00:00:stranger-1"'},
        "与同一模块的另一个文件相同",
    ),
    "a table that is there": (
        table_files("stranger", sql="create table core_voucher (id bigint);"),
        'relation "core_voucher" already exists',
    ),
    "core's table dropped": (table_files("stranger", sql="drop table core_session cascade;"), "core_session"),
    "core's wall lifted": (table_files("stranger", sql="alter table core_client no force row level security;"), "core_client"),
    "a right on core's": (table_files("stranger", sql="grant select on core_session to public;"), "core_session"),
    "core's function made anew": (table_files("stranger", sql="alter function app_firm() volatile;"), "app_firm()"),
    "another plugin's column": (table_files("stranger", sql="alter table books_filing add column mine bigint;"), "books_filing"),
    "a table of no name of its own": (table_files("stranger", sql="create table loose (id bigint);"), "loose"),
    "a trigger on core's": (
        table_files(
            "stranger",
            sql="create function stranger_look() returns trigger language plpgsql as $$ begin return new; end $$;"
            " create trigger stranger_look after insert on core_client for each row execute function stranger_look();",
        ),
        "core_client",
    ),
}


@pytest.mark.parametrize("misfit", MISFITS)
async def test_a_plugin_whose_tables_do_not_fit_is_left_out(
    test_server: TestServer, migrated: str, superuser: "asyncpg.Connection[Any]", folder: Path, misfit: str
) -> None:
    files, reason = MISFITS[misfit]
    write_stranger(folder, "stranger", files=files)
    before = await tables(superuser)
    left_out = (await migrate(test_server.owner(migrated))).left_out
    assert list(left_out) == ["stranger"]
    assert reason in left_out["stranger"].reason
    assert await tables(superuser) == before


async def test_a_start_with_nothing_to_migrate_compares_nothing(
    test_server: TestServer, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every start of every node would pay for it, once for each plugin."""
    monkeypatch.setattr(own_migrations, "_SHAPES", "select 1 / 0")
    assert (await migrate(test_server.owner(migrated))).left_out == {}


async def test_two_plugins_may_name_a_file_alike(test_server: TestServer, migrated: str, folder: Path) -> None:
    """Piccolo's own loading would take the first one's file for both."""
    for plugin in ("stranger_a", "stranger_b"):
        files = table_files(plugin)
        for name in ("0001_tables", "0002_walls"):
            files[f"migrations/{name}.py"] = files.pop(f"migrations/{plugin}_{name}.py")
        write_stranger(folder, plugin, files=files)
    upgrade = await migrate(test_server.owner(migrated))
    assert upgrade.left_out == {}
    assert upgrade.ran["stranger_b"] == ["2026-11-26T09:00:00:stranger_b-1", "2026-11-26T09:00:00:stranger_b-2"]


async def test_a_failure_of_core_leaves_nothing_of_core(
    test_server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of core's apps fails: no table of any of them stays, and no plugin is tried."""
    monkeypatch.setattr(conf, "CORE_APPS", [*conf.CORE_APPS, "zhangfang_core.no_such_room"])
    real = life.import_module

    def imported(name: str) -> Any:
        if not name.endswith("no_such_room"):
            return real(name)
        app = type(real(conf.CORE_APPS[0]).APP_CONFIG)("core_broken", str(broken))
        return type("module", (), {"APP_CONFIG": app})

    async with empty(test_server) as name:
        connection = await asyncpg.connect(test_server.superuser(name))
        try:
            with pytest.MonkeyPatch.context() as patch:
                broken = Path(str(Path(__file__).parent / "broken_migrations"))
                patch.setattr(life, "import_module", imported)
                with pytest.raises(MigrationError, match="nothing works"):
                    await migrate(test_server.owner(name))
            assert {t for t in await tables(connection) if not t.startswith("procrastinate")} == {"migration"}
            monkeypatch.undo()
            assert (await migrate(test_server.owner(name))).left_out == {}
        finally:
            await connection.close()


async def test_a_database_that_a_newer_version_migrated_is_refused(
    test_server: TestServer, migrated: str, superuser: "asyncpg.Connection[Any]"
) -> None:
    """Older code would write rows that the newer one's tables do not mean."""
    await superuser.execute("insert into migration (name, app_name, ran_on) values ('2099', 'core_ledger', now())")
    with pytest.raises(MigrationError, match="2099"):
        await migrate(test_server.owner(migrated))
    with pytest.raises(MigrationError, match="2099"):
        await migrated_elsewhere(test_server.addresses(migrated).application)


async def test_a_plugin_of_an_older_version_is_left_out(
    test_server: TestServer, migrated: str, superuser: "asyncpg.Connection[Any]"
) -> None:
    await superuser.execute("insert into migration (name, app_name, ran_on) values ('2099', 'books', now())")
    for left_out in (
        (await migrate(test_server.owner(migrated))).left_out,
        await migrated_elsewhere(test_server.addresses(migrated).application),
    ):
        assert list(left_out) == ["books"]
        assert "2099" in left_out["books"].reason


async def test_no_table_keeps_the_owner_s_engine(test_server: TestServer, migrated: str, folder: Path) -> None:
    """A migration that asks a real table must not leave it connected as the owner, before whom no wall stands."""
    files = table_files("stranger")
    name = "migrations/stranger_0002_walls.py"
    files[name] = "from stranger_stranger.piccolo_app import Thing\n" + files[name].replace(
        "await build(", "await Thing.raw('select 1').run()\n        await build("
    )
    write_stranger(folder, "stranger", files=files)
    assert (await migrate(test_server.owner(migrated))).left_out == {}
    asked = [table for table in TABLE_REGISTRY if table._meta.tablename in ("stranger_thing", "migration")]
    assert len(asked) >= 2
    assert {table._meta._db for table in asked} <= {None, DB}


async def test_the_others_wait_for_the_node_that_migrates_and_say_so(
    test_server: TestServer, migrated: str, superuser: "asyncpg.Connection[Any]", caplog: pytest.LogCaptureFixture
) -> None:
    await superuser.execute("select pg_advisory_lock($1)", MIGRATION_LOCK)
    with caplog.at_level(logging.INFO, "zhangfang.start"):
        waiting = [
            asyncio.create_task(migrate(test_server.owner(migrated))),
            asyncio.create_task(migrated_elsewhere(test_server.addresses(migrated).application)),
        ]
        await asyncio.sleep(1.6)
        assert not [task for task in waiting if task.done()]
        said = [
            r.getMessage()
            for r in caplog.records
            if "another node is migrating the database (backend" in r.getMessage()
        ]
        assert len(said) == 2
        await superuser.execute("select pg_advisory_unlock($1)", MIGRATION_LOCK)
        await asyncio.wait_for(asyncio.gather(*waiting), 10)
        assert "migrations that ran: none, the database is up to date" in caplog.text


async def test_two_nodes_at_once_on_an_empty_database_migrate_once(test_server: TestServer) -> None:
    async with empty(test_server) as name:
        both = await asyncio.gather(migrate(test_server.owner(name)), migrate(test_server.owner(name)))
        assert sorted(bool(upgrade.ran["core_ledger"]) for upgrade in both) == [False, True]


async def test_a_node_that_may_not_migrate_says_what_it_waits_for(
    test_server: TestServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with empty(test_server) as name:
        waiting = asyncio.create_task(migrated_elsewhere(test_server.addresses(name).application))
        await asyncio.sleep(1.6)
        assert "migrations of core_identity" in caplog.text
        assert "ZHANGFANG_OWNER_DSN" in caplog.text
        await migrate(test_server.owner(name))
        assert await asyncio.wait_for(waiting, 10) == {}


async def test_a_node_does_not_wait_for_ever_for_a_plugin_s_tables(
    test_server: TestServer, migrated: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody migrates it: the node runs without it."""
    monkeypatch.setattr(life, "PLUGINS_WAITED_FOR_S", 0.5)
    write_stranger(folder, "stranger", files=table_files("stranger"))
    start = time.monotonic()
    left_out = await migrated_elsewhere(test_server.addresses(migrated).application)
    assert list(left_out) == ["stranger"]
    assert 0.5 <= time.monotonic() - start < in_time(3)
