"""What uninstalling a plugin would take, told before anything happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from zhangfang_core.database.migration_files import recorded
from zhangfang_core.modules.registry import found_and_ordered
from zhangfang_core.plugin_life.belongings import (
    CORE_ROWS,
    OwnTable,
    each_firm,
    files_of,
    lift_walls,
    lock,
    own_tables,
    put_walls,
)
from zhangfang_sdk.errors import Refusal

WORKING = """select count(*) from procrastinate_jobs j join procrastinate_workers w on w.id = j.worker_id
    where split_part(j.queue_name, ':', 1) = $1 and j.status = 'doing' and w.last_heartbeat > now() - interval '30 seconds'"""
WAITING = "select count(*) from procrastinate_jobs where split_part(queue_name, ':', 1) = $1 and status in ('todo', 'doing')"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``tables`` gives rows by table; ``files`` of clients that the rows name and that stay; ``core_rows`` by table of core; ``jobs`` that wait;
    ``dependants`` are the titles of installed plugins that need it."""

    plugin: str
    title: str
    tables: Mapping[str, int]
    files: int
    core_rows: Mapping[str, int]
    jobs: int
    firms_on: int
    dependants: Sequence[str]


def title_of(plugin: str) -> str:
    """As its manifest says; its id when that cannot be read."""
    installed, _, _ = found_and_ordered()
    return installed[plugin].manifest.title if plugin in installed else plugin


def dependants_of(plugin: str) -> list[str]:
    """Titles of installed plugins that need this one, directly or not, whether they run or not."""
    installed, order, _ = found_and_ordered()
    found = [plugin]
    for id_ in (m.id for m in order.manifests):
        if order.requires[id_] & set(found):
            found.append(id_)
    return [installed[id_].manifest.title for id_ in found[1:]]


async def known_plugins(connection: "asyncpg.Connection[Any]") -> frozenset[str]:
    """Those that are installed, and those whose migrations are recorded."""
    return frozenset(found_and_ordered()[0]) | frozenset((await recorded(connection)).keys())


async def rehearse(connection: "asyncpg.Connection[Any]", plugin: str) -> Rehearsal:
    """Count, as the owner; the plugin's tables are locked for as long as that takes. Raises Refusal ``plugin.tables_in_use``."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        tables = await opened_tables(connection, plugin)
        counts = {t.name: await connection.fetchval(f'select count(*) from "{t.name}"') for t in tables}  # noqa: S608
        files = await files_of(connection, tables)
        await put_walls(connection, tables)
        core = dict.fromkeys((rows.table for rows in CORE_ROWS), 0)
        on = 0
        async for _ in each_firm(connection):
            for rows in CORE_ROWS:
                core[rows.table] += await connection.fetchval(
                    f"select count(*) from {rows.table} where firm = app_firm() and {rows.about}", plugin  # noqa: S608
                )
            on += await connection.fetchval(
                "select count(*) from core_module_switch where firm = app_firm() and module = $1 and enabled", plugin
            )
        jobs = await connection.fetchval(WAITING, plugin)
    finally:
        await transaction.rollback()
    return Rehearsal(plugin, title_of(plugin), counts, len(files), core, jobs, on, dependants_of(plugin))


async def opened_tables(connection: "asyncpg.Connection[Any]", plugin: str) -> list[OwnTable]:
    """The plugin's tables, locked and with their walls lifted. Raises Refusal ``plugin.tables_in_use``."""
    tables = await own_tables(connection, plugin, await known_plugins(connection))
    try:
        await lock(connection, tables)
    except asyncpg.LockNotAvailableError as error:
        raise Refusal("plugin.tables_in_use", "有人正在用这个模块的数据,没有等到空闲。请先停用它,过一会儿再试。", status=409) from error
    await lift_walls(connection, tables)
    return tables
