"""``zhangfang plugin list | install | upgrade | enable | disable | uninstall | carry-out``: a plugin's life."""

import argparse
import asyncio
import errno
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from zhangfang_core.database.roles import Addresses
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.starting import ready
from zhangfang_core.settings import Settings, read_settings
from zhangfang_sdk.commands import Command
from zhangfang_sdk.errors import Refusal

_OTHERS = ";其余公司本来就是这样。"


def _nothing(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def _of_install(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, nargs="?", help="wheel 文件,或放着 wheel 文件的文件夹(只用里面的,不联网)")
    parser.add_argument("--from-export", type=Path, metavar="文件", help="从卸载时的导出文件装回,连同数据")


def _of_upgrade(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="wheel 文件,或放着 wheel 文件的文件夹(只用里面的,不联网)")


def _of_switch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plugin", help="模块编号")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--firm", type=int, metavar="编号", help="只对这家代账公司")
    where.add_argument("--all", action="store_true", help="对全部代账公司")
    parser.add_argument("--with-others", action="store_true", help="它要用到的一起启用,要用到它的一起停用")


def _of_uninstall(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plugin", help="模块编号")
    parser.add_argument("--rehearse", action="store_true", help="只列出影响,什么都不改")
    parser.add_argument("--named", metavar="编号", help="再写一遍模块编号,不再询问")


def _of_carry_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)


Step = Callable[[argparse.Namespace, PluginFolders, Addresses], Awaitable[None]]


def _in_deployment(step: Step) -> Callable[[argparse.Namespace], int]:
    """``step`` with the deployment's folders and database. Raises Refusal (``plugin.cannot_write`` among them), MigrationError."""

    async def taken(chosen: argparse.Namespace) -> None:
        settings = read_settings()
        _must_be_a_deployment(settings)
        await step(chosen, PluginFolders(settings.data_dir), await ready(settings))

    def run(chosen: argparse.Namespace) -> int:
        try:
            asyncio.run(taken(chosen))
        except PermissionError as error:
            raise _cannot_write(error, "请用启动账房的那个账号执行。") from error
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise
            raise _cannot_write(error, "请腾出空间后再试。") from error
        return 0

    return run


def _cannot_write(error: OSError, todo: str) -> Refusal:
    return Refusal("plugin.cannot_write", f"写不进数据文件夹,没有做完: {error}。{todo}")


def _must_be_a_deployment(settings: Settings) -> None:
    """Not to make a new, empty one in whatever folder the command is typed. Raises Refusal ``plugin.no_deployment``."""
    if settings.dsn is None and not settings.database_dir.is_dir():
        raise Refusal(
            "plugin.no_deployment",
            f"{settings.data_dir} 不是账房的数据文件夹,什么都没有做。请用 ZHANGFANG_DATA_DIR 指明数据文件夹:"
            "用 make run 启动的账房,它是平台仓库里的 var。",
            status=404,
        )


async def _list(chosen: argparse.Namespace, folders: PluginFolders, at: Addresses) -> None:
    from zhangfang_core.database.waiting import connected
    from zhangfang_core.plugin_life.states import exported, firms_by_id, states
    from zhangfang_core.plugin_life.switching import firms_told
    from zhangfang_core.plugin_life.wording import state_words

    connection = await connected(at.application)
    try:
        async with connection.transaction(readonly=True):
            found = await states(connection, folders)
            firms = await firms_by_id(connection) if found else {}
    finally:
        await connection.close()
    _say(f"数据文件夹: {folders.root.parent}")
    for state in found:
        _say(f"{state.plugin} {state.version}  {state.title}  {state_words(state)}")
    for file in exported(folders):
        _say(f"已导出: {file}")
    _say(firms_told(firms))


async def _install(chosen: argparse.Namespace, folders: PluginFolders, at: Addresses) -> None:
    from zhangfang_core.plugin_life.doing import installed, restored

    if chosen.from_export is not None and chosen.path is not None:
        raise Refusal("plugin.two_named", "安装文件和导出文件只能写一个:装回导出的模块不需要安装文件。")
    if chosen.from_export is not None:
        _say(await restored(folders, chosen.from_export, at, say=_say))
    elif chosen.path is None:
        raise Refusal("plugin.nothing_named", "请写出 wheel 文件或文件夹,或者用 --from-export 写出导出文件。")
    else:
        _say(f"{await installed(folders, chosen.path.resolve(), at)}启用用 zhangfang plugin enable。")


async def _upgrade(chosen: argparse.Namespace, folders: PluginFolders, at: Addresses) -> None:
    from zhangfang_core.plugin_life.doing import upgraded

    _say(await upgraded(folders, chosen.path.resolve(), at))


async def _uninstall(chosen: argparse.Namespace, folders: PluginFolders, at: Addresses) -> None:
    from zhangfang_core.plugin_life.doing import rehearsed, uninstalled

    for line in await rehearsed(folders, chosen.plugin, at):
        _say(line)
    if chosen.rehearse:
        return
    named = chosen.named if chosen.named is not None else _asked(f"确定卸载请输入模块编号 {chosen.plugin}: ")
    export = await uninstalled(folders, chosen.plugin, at, named=named, say=_say)
    _say(f"已卸载 {chosen.plugin}。导出在 {export};装回用 zhangfang plugin install --from-export {export}")


async def _carry_out_one(chosen: argparse.Namespace, folders: PluginFolders, at: Addresses) -> None:
    from zhangfang_core.plugin_life.carrying_out import carry_out_one

    await carry_out_one(read_settings(), at)


def _carry_out(chosen: argparse.Namespace) -> int:
    """Each order by a process of its own, which reaches the database by itself."""
    from zhangfang_core.plugin_life.carrying_out import carry_out_all

    if chosen.one:
        return _in_deployment(_carry_out_one)(chosen)
    settings = read_settings()
    _must_be_a_deployment(settings)
    taken = carry_out_all(settings)
    _say(f"办理了 {taken} 单,结果在运维页“模块的安装”上。" if taken else "没有等待办理的单。")
    return 0


def _asked(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        return ""


async def _enable(chosen: argparse.Namespace, folders: PluginFolders, at: Addresses) -> None:
    changed, asked = await _switched(chosen, at, on=True)
    _say(f"已对 {changed} 家公司启用 {chosen.plugin}{_OTHERS if changed < asked else '。'}")


async def _disable(chosen: argparse.Namespace, folders: PluginFolders, at: Addresses) -> None:
    changed, asked = await _switched(chosen, at, on=False)
    _say(f"已对 {changed} 家公司停用 {chosen.plugin},数据保留{_OTHERS if changed < asked else '。'}")


async def _switched(chosen: argparse.Namespace, at: Addresses, *, on: bool) -> tuple[int, int]:
    """For how many firms something changed, of how many."""
    from zhangfang_core.database.engine import JOBS, close_pool, open_pool
    from zhangfang_core.modules.life import prepare
    from zhangfang_core.plugin_life.switching import every_firm, switch_for
    from zhangfang_core.services import provide_services

    await prepare(at)
    provide_services()
    await open_pool(at.application, limits=JOBS)
    try:
        firms = await every_firm() if chosen.all else [chosen.firm]
        return await switch_for(chosen.plugin, firms, on=on, with_others=chosen.with_others), len(firms)
    except Refusal as refusal:
        if refusal.code not in ("module.has_dependants", "module.needs_others"):
            raise
        what = f"{refusal.sentence.partition('。')[0]}。加上 --with-others 就一起{'启用' if on else '停用'}。"
        raise Refusal(refusal.code, what, status=refusal.status) from refusal
    finally:
        await close_pool()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


COMMANDS = (
    Command("list", "列出全部模块和它们的状态", _nothing, _in_deployment(_list)),
    Command("install", "安装第三方模块,或从导出文件装回", _of_install, _in_deployment(_install)),
    Command("upgrade", "换成另一个版本;试运行不成功就留着原来的", _of_upgrade, _in_deployment(_upgrade)),
    Command("enable", "对一家或全部代账公司启用模块", _of_switch, _in_deployment(_enable)),
    Command("disable", "停用模块,数据保留", _of_switch, _in_deployment(_disable)),
    Command("uninstall", "卸载第三方模块:先列出影响,再导出,然后移除程序和数据", _of_uninstall, _in_deployment(_uninstall)),
    Command("carry-out", "办理运维页上下的单:安装、升级、卸载、装回", _of_carry_out, _carry_out),
)
