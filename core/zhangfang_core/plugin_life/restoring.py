"""Reinstall from an export: the same code, the same rows, proved equal by their hashes, or nothing at all."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import asyncpg

from zhangfang_core.database.migration_files import recorded
from zhangfang_core.database.own_migrations import run_own_migrations
from zhangfang_core.database.roles import Addresses
from zhangfang_core.database.waiting import connected
from zhangfang_core.modules.discovery import app_of, found_at
from zhangfang_core.modules.life import piccolo_uses
from zhangfang_core.plugin_life.archive import Archive, opened
from zhangfang_core.plugin_life.belongings import (
    CORE_ROWS,
    WITH_PERMISSIONS,
    OwnTable,
    each_firm,
    lift_walls,
    own_tables,
    put_walls,
    quoted,
)
from zhangfang_core.plugin_life.exporting import CODE, FILES, JOBS, PERMISSIONS, copied, core_member_of, member_of
from zhangfang_core.plugin_life.folders import RESTORE, PluginFolders
from zhangfang_core.plugin_life.installing import refuse_taken_id
from zhangfang_core.plugin_life.migrating import hold_migrations, migration_engine
from zhangfang_core.plugin_life.rehearsal import known_plugins
from zhangfang_core.plugin_life.steps import BY, keep_step
from zhangfang_core.plugin_life.trial import must_run
from zhangfang_core.trail.audit import record_as_owner
from zhangfang_sdk.errors import Refusal

_JOBS = """insert into procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
    select queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at
    from jsonb_populate_recordset(null::procrastinate_jobs, $1::jsonb) on conflict do nothing"""
_FOREIGN_KEYS = """select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where contype = 'f' and conparentid = 0 and conrelid = any($1::text[]::regclass[]) and confrelid = any($1::text[]::regclass[]) order by 1, 2"""
"""Among the plugin's own tables. Those to core's stay while rows come: making one anew would look at core's rows through their walls."""


@dataclass(frozen=True, slots=True)
class Restored:
    """``jobs`` wait again as they did when it was uninstalled."""

    plugin: str
    version: str
    rows: int
    jobs: int


async def restore(
    folders: PluginFolders, path: Path, at: Addresses, *, by: str = BY, say: Callable[[str], None] = lambda line: None
) -> Restored:
    """Needs the owner's address. ``by`` stands on the trails.

    Raises Refusal ``plugin.export_broken``, ``plugin.installed``, ``plugin.id_taken``, ``plugin.has_tables``, ``plugin.files_missing``,
    ``plugin.not_equal``, ``plugin.needs_owner``, and those of :func:`must_run`: then nothing has changed.
    """
    if at.owner is None:
        raise Refusal("plugin.needs_owner", "装回数据需要 ZHANGFANG_OWNER_DSN:以数据库所有者身份连接的地址。")
    with folders.locked(), opened(path) as archive:
        plugin, version = archive.manifest["plugin"], archive.manifest["version"]
        if folders.current(plugin) is not None:
            raise Refusal("plugin.installed", f"模块 {plugin} 已经安装。要装回导出的数据,请先卸载它。", status=409)
        refuse_taken_id(plugin)
        say("导出文件完整,正在试运行")
        incoming = folders.incoming()
        archive.unpack(CODE, incoming)
        must_run(folders, plugin, incoming, None)
        kept = folders.keep(incoming, plugin, version)
        guard = await connected(at.owner)
        try:
            await hold_migrations(guard)
            await _brought_back(archive, plugin, folders, kept, at.owner, by, say)
        except BaseException:
            if plugin not in folders.unsettled():
                folders.discard(kept)
            raise
        finally:
            await guard.close()
        say("数据已装回,正在启用程序")
        folders.put_in_force(plugin, kept)
        folders.settled(plugin)
        rows = sum(table["rows"] for table in archive.manifest["tables"].values())
        return Restored(plugin, version, rows, len(list(_lines(archive, JOBS))))


async def _brought_back(
    archive: Archive, plugin: str, folders: PluginFolders, kept: Path, owner: str, by: str, say: Callable[[str], None]
) -> None:
    engine = migration_engine(owner)
    with piccolo_uses(engine):
        async with engine.transaction() as transaction:
            connection = transaction.connection
            xid = await connection.fetchval("select pg_current_xact_id()::text")
            if (await recorded(connection)).get(plugin) or await own_tables(connection, plugin, await known_plugins(connection)):
                raise Refusal("plugin.has_tables", f"数据库里已经有模块 {plugin} 的数据表,没有装回,以免混在一起。", status=409)
            await _same_files(connection, archive)
            say("正在建表")
            if (app := app_of(found_at(kept, plugin))) is not None:
                await run_own_migrations(connection, app, only=archive.manifest["migrations"])  # the others run at a start, as they would have
            tables = await own_tables(connection, plugin, await known_plugins(connection))
            say("正在装回数据")
            await _rows(connection, archive, tables)
            await _core_rows(connection, archive, plugin, by)
            await connection.execute(_JOBS, json.dumps(list(_lines(archive, JOBS))))
            folders.note_unsettled(plugin, {"step": RESTORE, "transaction": xid, "folder": kept.name})


async def _rows(connection: "asyncpg.Connection[Any]", archive: Archive, tables: list[OwnTable]) -> None:
    """Every table as it was. Foreign keys among them are made anew behind the rows: they name one another in any order."""
    told: Mapping[str, Any] = archive.manifest["tables"]
    if {t.name: list(t.columns) for t in tables} != {name: table["columns"] for name, table in told.items()}:
        raise _not_equal("数据表和导出时的不一样")
    if not tables:
        return
    names = [table.name for table in tables]
    await connection.execute(f"truncate {quoted(names)}")  # what the migrations wrote is among the rows
    keys = await connection.fetch(_FOREIGN_KEYS, names)
    await lift_walls(connection, tables)
    for key in keys:
        await connection.execute(f'alter table {key["table"]} drop constraint "{key["name"]}"')
    for table in tables:
        await connection.execute(f'alter table "{table.name}" disable trigger user')
        await connection.copy_to_table(
            table.name, columns=list(table.columns), source=archive.pieces(member_of(table.name)), format="text"
        )
        await connection.execute(f'alter table "{table.name}" enable trigger user')
    for key in keys:
        await connection.execute(f'alter table {key["table"]} add constraint "{key["name"]}" {key["definition"]}')
    for table in tables:
        if await _digest(connection, table) != archive.manifest["members"][member_of(table.name)]:
            raise _not_equal(f"装回后 {table.name} 的内容和导出时的不一样")
        for column, (last, called) in told[table.name]["sequences"].items():
            await connection.execute(
                "select setval(pg_get_serial_sequence($1, $2)::regclass, $3, $4)", table.name, column, last, called
            )
    await put_walls(connection, tables)


async def _digest(connection: "asyncpg.Connection[Any]", table: OwnTable) -> str:
    digest = hashlib.sha256()

    async def take(piece: bytes) -> None:
        digest.update(piece)

    await copied(connection, table, take)
    return digest.hexdigest()


async def _same_files(connection: "asyncpg.Connection[Any]", archive: Archive) -> None:
    """The clients' files that the rows name are there, as they were. Raises Refusal ``plugin.files_missing``."""
    wanted = {file["id"]: file["sha256"] for file in _lines(archive, FILES)}
    found: dict[int, str] = {}
    async for _ in each_firm(connection):
        query = "select id, sha256 from core_document where firm = app_firm() and id = any($1::bigint[])"
        found |= {row["id"]: row["sha256"] for row in await connection.fetch(query, list(wanted))}
    if missing := [id_ for id_, sha256 in wanted.items() if found.get(id_) != sha256]:
        raise Refusal(
            "plugin.files_missing",
            f"导出的数据用到的 {len(missing)} 个文件在这里没有,或者内容不同,没有装回。导出文件只能装回原来的平台。",
            status=409,
            details={"documents": missing[:100]},
        )


async def _core_rows(connection: "asyncpg.Connection[Any]", archive: Archive, plugin: str, by: str) -> None:
    """Switches, settings, vendors, permissions; on the trail of each firm that had decided about it."""
    of_firm: dict[int, list[tuple[str, list[dict[str, Any]]]]] = {}
    for name in (PERMISSIONS, *(core_member_of(rows.table) for rows in CORE_ROWS if rows.kept)):
        lines = sorted(_lines(archive, name), key=lambda line: line["firm"])
        for firm, own in groupby(lines, key=lambda line: line["firm"]):
            of_firm.setdefault(firm, []).append((name, list(own)))
    async for firm in each_firm(connection):
        for name, lines in of_firm.get(firm, ()):
            if name == PERMISSIONS:
                for line in lines:
                    await connection.execute(WITH_PERMISSIONS, line["key"], json.dumps(line["permissions"]))
            else:
                await _insert(connection, name.removeprefix("core/").removesuffix(".jsonl"), lines)
        if firm in of_firm:
            after = {"version": archive.manifest["version"]}
            await record_as_owner(connection, firm, "module.restore", f"module:{plugin}", by=by, after=after)
    await keep_step(connection, "module.restore", plugin, by=by, after={"version": archive.manifest["version"]})


async def _insert(connection: "asyncpg.Connection[Any]", table: str, lines: list[dict[str, Any]]) -> None:
    columns = quoted(list(lines[0]))
    await connection.execute(
        f"insert into {table} ({columns}) select {columns} from jsonb_populate_recordset(null::{table}, $1::jsonb) on conflict do nothing",  # noqa: S608
        json.dumps(lines),
    )


def _lines(archive: Archive, name: str) -> Iterator[dict[str, Any]]:
    """None where an older version of the platform wrote no such member."""
    content = archive.content(name) if name in archive.manifest["members"] else b""
    return (json.loads(line) for line in content.splitlines())


def _not_equal(what: str) -> Refusal:
    return Refusal("plugin.not_equal", f"{what},没有装回。", status=409)
