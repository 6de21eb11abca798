"""The steps of a plugin's life as a command or an order takes them: done, on the deployment's trail, and told in a sentence."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from zhangfang_core.database.roles import Addresses
from zhangfang_core.database.waiting import connected
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.installing import Installation, install, upgrade
from zhangfang_core.plugin_life.restoring import restore
from zhangfang_core.plugin_life.steps import BY, keep_step
from zhangfang_core.plugin_life.uninstalling import rehearsal, uninstall
from zhangfang_core.plugin_life.wording import rehearsal_lines
from zhangfang_sdk.errors import Refusal

Say = Callable[[str], None]
NEXT_START = "各节点下次启动时装入。"


def _unsaid(line: str) -> None:
    """For whoever waits for the end."""


async def installed(folders: PluginFolders, path: Path, at: Addresses, *, by: str = BY) -> str:
    """Raises as :func:`~zhangfang_core.plugin_life.installing.install`."""
    done = await asyncio.to_thread(install, folders, path, at)
    await _keep_step(at, "module.install", done, by)
    return f"已安装 {done.plugin} {done.version}。{NEXT_START}新装的模块对各公司都是停用的。"


async def upgraded(folders: PluginFolders, path: Path, at: Addresses, *, by: str = BY) -> str:
    """Raises as :func:`~zhangfang_core.plugin_life.installing.upgrade`."""
    done = await asyncio.to_thread(upgrade, folders, path, at)
    await _keep_step(at, "module.upgrade", done, by)
    return f"{done.plugin} 已从 {done.before} 换成 {done.version}。{NEXT_START}"


async def restored(folders: PluginFolders, file: Path, at: Addresses, *, by: str = BY, say: Say = _unsaid) -> str:
    """Raises as :func:`~zhangfang_core.plugin_life.restoring.restore`."""
    back = await restore(folders, file, at, by=by, say=say)
    jobs = f"还没办的 {back.jobs} 项后台任务接着办。" if back.jobs else ""
    return f"已装回 {back.plugin} {back.version},{back.rows} 行数据和导出时一样。{jobs}{NEXT_START}"


async def rehearsed(folders: PluginFolders, plugin: str, at: Addresses) -> Sequence[str]:
    """What uninstalling would take, line by line. Raises as :func:`~zhangfang_core.plugin_life.uninstalling.rehearsal`, and ``plugin.needs_owner``."""
    return list(rehearsal_lines(await rehearsal(folders, _owner(at), plugin)))


async def uninstalled(
    folders: PluginFolders, plugin: str, at: Addresses, *, named: str, by: str = BY, say: Say = _unsaid
) -> Path:
    """The export. Raises as :func:`~zhangfang_core.plugin_life.uninstalling.uninstall`, and ``plugin.needs_owner``."""
    return (await uninstall(folders, _owner(at), plugin, named=named, by=by, say=say)).export


def _owner(at: Addresses) -> str:
    if at.owner is None:
        raise Refusal("plugin.needs_owner", "卸载要移除数据表,需要 ZHANGFANG_OWNER_DSN:以数据库所有者身份连接的地址。")
    return at.owner


async def _keep_step(at: Addresses, action: str, done: Installation, by: str) -> None:
    connection = await connected(at.application)
    try:
        await keep_step(connection, action, done.plugin, by=by, before=done.before, after={"version": done.version})
    finally:
        await connection.close()
