"""Uninstall: everything of a plugin goes into a file, then out of the database in the same transaction, then its folder goes.

Killed at any point it has happened or it has not: until the commit nothing is lost but the file may be there already, and whether the
commit came is asked at the next start (settling.py), which then takes the folder away or leaves everything as it is.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from zhangfang_core.database.waiting import connected
from zhangfang_core.modules.life import WAIT_FOR_TABLES
from zhangfang_core.plugin_life.belongings import CORE_ROWS, WITHOUT_PERMISSIONS, drop_own, each_firm
from zhangfang_core.plugin_life.exporting import export
from zhangfang_core.plugin_life.folders import UNINSTALL, PluginFolders
from zhangfang_core.plugin_life.installing import version_of
from zhangfang_core.plugin_life.migrating import hold_migrations
from zhangfang_core.plugin_life.rehearsal import (
    WORKING,
    Rehearsal,
    dependants_of,
    known_plugins,
    opened_tables,
    rehearse,
    title_of,
)
from zhangfang_core.plugin_life.steps import BY, keep_step
from zhangfang_core.trail.audit import record_as_owner
from zhangfang_sdk.errors import Refusal


@dataclass(frozen=True, slots=True)
class Uninstalled:
    export: Path
    tables: int


async def rehearsal(folders: PluginFolders, owner_dsn: str, plugin: str) -> Rehearsal:
    """Raises Refusal ``plugin.not_installed``, ``plugin.tables_in_use``; nothing changes."""
    require_installed(folders, plugin)
    connection = await _owner(owner_dsn)
    try:
        return await rehearse(connection, plugin)
    finally:
        await connection.close()


async def uninstall(
    folders: PluginFolders,
    owner_dsn: str,
    plugin: str,
    *,
    named: str,
    by: str = BY,
    say: Callable[[str], None] = lambda line: None,
) -> Uninstalled:
    """Export, remove, take the folder away. ``named`` is the plugin's id as the person typed it; ``by`` stands on the trails; ``say`` is told each step.

    Raises Refusal ``plugin.not_installed``, ``plugin.not_named``, ``plugin.has_dependants``, ``plugin.tables_in_use``, ``plugin.working``,
    ``plugin.held``, ``plugin.busy``, ``plugin.busy_migrating``: then nothing has changed.
    """
    require_installed(folders, plugin)
    if named.strip() != plugin:
        raise Refusal("plugin.not_named", f"没有卸载:要卸载请原样输入模块编号 {plugin}。")
    if dependants := dependants_of(plugin):
        raise Refusal(
            "plugin.has_dependants",
            f"没有卸载:这些模块要用到它:{'、'.join(dependants)}。请先卸载它们。",
            status=409,
            details={"dependants": dependants},
        )
    with folders.locked():
        connection = await _owner(owner_dsn)
        try:
            await hold_migrations(connection)
            done = await _removed(connection, folders, plugin, by, say)
            say("数据已移除,正在移走程序")
            folders.take_away(plugin)
            return done
        finally:
            await connection.close()


def require_installed(folders: PluginFolders, plugin: str) -> Path:
    """Its folder in force. Raises Refusal ``plugin.not_installed``."""
    current = folders.current(plugin)
    if current is None:
        raise Refusal(
            "plugin.not_installed",
            f"模块 {plugin} 不是用 zhangfang plugin install 安装的,不能卸载。随平台安装的模块可以停用。",
            status=404,
        )
    return current


async def _owner(dsn: str) -> "asyncpg.Connection[Any]":
    connection = await connected(dsn)
    await connection.execute(f"set lock_timeout = '{WAIT_FOR_TABLES}'")
    return connection


async def _removed(
    connection: "asyncpg.Connection[Any]", folders: PluginFolders, plugin: str, by: str, say: Callable[[str], None]
) -> Uninstalled:
    current = require_installed(folders, plugin)
    version = version_of(current, plugin)
    title = title_of(plugin)
    file = folders.exports / f"{plugin}-{version}-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.zip"
    try:
        async with connection.transaction():
            xid = await connection.fetchval("select pg_current_xact_id()::text")
            tables = await opened_tables(connection, plugin)
            if await connection.fetchval(WORKING, plugin):
                raise Refusal("plugin.working", "没有卸载:它的后台任务正在办。请先停用这个模块,等任务办完再卸载。", status=409)
            say("正在导出")
            await export(connection, plugin, title, version, tables, current, file)
            say(f"已导出到 {file},正在移除数据")
            await _forget(connection, plugin, by, {"version": version, "export": file.name})
            await drop_own(connection, plugin, tables, await known_plugins(connection))
            # Whoever finds this note asks PostgreSQL whether the transaction was committed.
            folders.note_unsettled(plugin, {"step": UNINSTALL, "transaction": xid})
    except asyncpg.DependentObjectsStillExistError as error:
        file.unlink(missing_ok=True)
        raise Refusal("plugin.held", f"没有卸载:别的数据表还引用它的数据({error.detail or error})。", status=409) from error
    return Uninstalled(file, len(tables))


async def _forget(connection: "asyncpg.Connection[Any]", plugin: str, by: str, told: Mapping[str, str]) -> None:
    """Core's rows about it, its jobs, its migrations; on the trail of each firm that had decided about it."""
    async for firm in each_firm(connection):
        decided = await connection.fetchval(
            "select exists (select from core_module_switch where firm = app_firm() and module = $1)", plugin
        )
        for rows in CORE_ROWS:
            await connection.execute(f"delete from {rows.table} where firm = app_firm() and {rows.about}", plugin)  # noqa: S608
        await connection.execute(WITHOUT_PERMISSIONS, plugin)
        if decided:
            await record_as_owner(connection, firm, "module.uninstall", f"module:{plugin}", by=by, after=told)
    await keep_step(connection, "module.uninstall", plugin, by=by, after=told)
    await connection.execute("delete from procrastinate_jobs where split_part(queue_name, ':', 1) = $1", plugin)
    await connection.execute("delete from procrastinate_periodic_defers where starts_with(task_name, $1 || '.')", plugin)
    await connection.execute("delete from migration where app_name = $1", plugin)

