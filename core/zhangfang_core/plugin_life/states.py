"""How far each plugin has come: found, fits, migrated, on, or exported and gone. As the files and the database say; no plugin's code is loaded
but its tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from zhangfang_core.database.migration_files import MigrationError, recorded, still_to_run
from zhangfang_core.modules.discovery import Unfit, app_of
from zhangfang_core.modules.reasons import reason_of
from zhangfang_core.modules.registry import found_and_ordered
from zhangfang_core.plugin_life.belongings import each_firm
from zhangfang_core.plugin_life.folders import PluginFolders


@dataclass(frozen=True, slots=True)
class State:
    """``problem`` is why it cannot run, "" when it can. ``waits``: its migrations have not run. ``is_third_party``: it lies in the plugins' folders."""

    plugin: str
    title: str
    version: str
    is_third_party: bool
    problem: str
    waits: bool
    firms_on: int


async def states(connection: "asyncpg.Connection[Any]", folders: PluginFolders) -> list[State]:
    """Of all that are installed, by id. In a transaction that is the caller's, with any role."""
    installed, order, skipped = found_and_ordered()
    ran = await recorded(connection)
    on = await firms_on(connection) if ran else {}
    ours = folders.in_force()
    problems = {one.id: one.reason for one in skipped} | dict(order.refused)
    found: list[State] = []
    for id_, plugin in sorted(installed.items()):
        problem, waits = problems.get(id_, ""), False
        if not problem:
            try:
                app = app_of(plugin)
                waits = app is not None and bool(still_to_run(app, ran))
            except (Unfit, MigrationError) as error:
                problem = str(error)
            except (Exception, SystemExit) as error:  # a stranger's tables may raise anything
                problem = reason_of(error)
        manifest = plugin.manifest
        found.append(State(id_, manifest.title, manifest.version, id_ in ours, problem, waits, on.get(id_, 0)))
    unread = sorted(problems.keys() - installed.keys())
    return found + [State(id_, id_, "", id_ in ours, problems[id_], False, on.get(id_, 0)) for id_ in unread]


async def firms_on(connection: "asyncpg.Connection[Any]") -> Mapping[str, int]:
    """For how many firms each plugin is on, by id. Leaves the transaction in no firm's scope."""
    counts: dict[str, int] = {}
    async for _ in each_firm(connection):
        for row in await connection.fetch("select module from core_module_switch where firm = app_firm() and enabled"):
            counts[row["module"]] = counts.get(row["module"], 0) + 1
    return counts


async def firms_by_id(connection: "asyncpg.Connection[Any]") -> Mapping[int, str]:
    """Names, after the firms were gone through in the transaction at hand; none before the schema is there."""
    if not await recorded(connection):
        return {}
    return {row["id"]: row["name"] for row in await connection.fetch("select id, name from core_firm order by id")}


def exported(folders: PluginFolders) -> Sequence[Path]:
    """What uninstalling wrote, the newest first."""
    return sorted(folders.exports.glob("*.zip"), key=lambda path: path.stat().st_mtime, reverse=True)
