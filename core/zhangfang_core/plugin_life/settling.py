"""Steps that were cut off at their commit: PostgreSQL is asked whether it came, and the folder follows."""

import logging

import asyncpg

from zhangfang_core.database.waiting import connected, until_clear
from zhangfang_core.plugin_life.folders import RESTORE, PluginFolders

log = logging.getLogger("zhangfang.start")


async def settle(folders: PluginFolders, dsn: str) -> None:
    """Before plugins are looked for, at every start. A step that is under way elsewhere is waited for.

    A step of which the database knows nothing (another database, or one from long ago) stays, and the plugin is left out.
    """
    if not folders.unsettled():
        return
    connection = await connected(dsn)
    try:
        for plugin in folders.unsettled():
            await _settle_one(folders, plugin, connection)
    finally:
        await connection.close()


async def _settle_one(folders: PluginFolders, plugin: str, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    told: list[str | None] = []

    async def obstacle() -> str | None:
        step = folders.unsettled().get(plugin)
        told[:] = [None if step is None else await _status(connection, step["transaction"])]
        return f"the plugin {plugin} is being changed by a command" if told == ["in progress"] else None

    await until_clear(obstacle)
    step = folders.unsettled().get(plugin)
    if step is None:
        return
    is_restore = step["step"] == RESTORE
    kept = folders.root / plugin / step.get("folder", "")
    if told == ["committed"] and is_restore:
        folders.put_in_force(plugin, kept)
        folders.settled(plugin)
    elif told == ["committed"]:
        folders.take_away(plugin)
    elif told == ["aborted"]:
        folders.settled(plugin)
        if is_restore and kept.is_dir():
            folders.discard(kept)
    else:
        log.error("plugin %s is left out: the database does not know what became of %s", plugin, step)
        return
    log.warning("plugin %s: %s, which was cut off, is %s", plugin, step["step"], told[0])


async def _status(connection: "asyncpg.Connection[asyncpg.Record]", transaction: str) -> str | None:
    try:
        status: str | None = await connection.fetchval("select pg_xact_status($1::text::xid8)", transaction)
    except asyncpg.PostgresError:
        return None
    return status
