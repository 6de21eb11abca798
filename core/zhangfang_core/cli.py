"""``zhangfang run | web | worker | migrate | demo | reindex | verify | code | plugin …``."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys

import asyncpg

from zhangfang_core import plugin_commands, running
from zhangfang_core.database.borrowing import database_as_it_was
from zhangfang_core.database.embedded_errors import EmbeddedServerError
from zhangfang_core.database.migration_files import MigrationError
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_core.plugin_life.starting import ready
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.supervision.errors import SupervisionError
from zhangfang_sdk.commands import Command
from zhangfang_sdk.errors import Refusal

log = logging.getLogger("zhangfang.start")


def main() -> None:
    """Entry point; exits 1 with a plain Chinese sentence when something stands in the way."""
    parser = argparse.ArgumentParser(prog="zhangfang", description="账房: 代账公司与客户之间的门户")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="启动全部: 数据库、网页、后台任务; 首次启动装入演示账套")
    run.add_argument("--no-demo", action="store_true", help="不装入演示账套")
    commands.add_parser("web", help="只启动网页进程")
    commands.add_parser("worker", help="只启动后台任务进程")
    commands.add_parser("migrate", help="升级数据库结构")
    commands.add_parser("demo", help="装入演示账套(已装入则不重复)")
    commands.add_parser("reindex", help="重建全部查找索引")
    commands.add_parser("verify", help="校验全部账簿、文件和操作日志是否被改动; 有不符时以 1 结束")
    commands.add_parser("code", help="显示演示账号当前的动态码")
    plugin_commands.add_to(commands.add_parser("plugin", help="功能模块: 编写、检查、安装"))
    # Plugins are loaded only where one of their commands or the list of all is asked for.
    added = {} if sys.argv[1:2] and sys.argv[1] in commands.choices else _add_commands(commands)
    chosen = parser.parse_args()
    if chosen.command in added:
        sys.exit(_of_plugin(*added[chosen.command], chosen))
    settings = _settings()
    _log(settings)
    try:
        if chosen.command == "run":
            running.run(settings, demo=not chosen.no_demo)
        elif chosen.command == "web":
            _web(settings)
        elif chosen.command == "code":
            _code(settings)
        elif chosen.command == "plugin":
            with database_as_it_was(settings):
                status = plugin_commands.run(chosen)
            sys.exit(status)
        elif chosen.command == "worker":
            asyncio.run(_worker(settings))
        else:
            by_name = {"migrate": _migrate, "demo": _demo, "reindex": _reindex, "verify": _verify}
            with database_as_it_was(settings):
                asyncio.run(by_name[chosen.command](settings))
    except (EmbeddedServerError, SupervisionError, MigrationError) as error:
        sys.exit(str(error))
    except Refusal as refusal:
        sys.exit(f"{refusal.sentence} [{refusal.code}]")
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
        sys.exit(f"数据库拒绝了连接, 请检查 ZHANGFANG_DSN 和 ZHANGFANG_OWNER_DSN: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _settings() -> Settings:
    try:
        return read_settings()
    except ValueError as error:
        sys.exit(str(error))


def _log(settings: Settings) -> None:
    """The portal's own lines from INFO on, what libraries say from WARNING, unless one level is set for both."""
    logging.basicConfig(level=settings.log_level or "WARNING", format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("zhangfang").setLevel(settings.log_level or "INFO")


def _add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> dict[str, tuple[str, Command]]:
    """The plugins' commands by name, with their plugins; the first plugin in dependency order keeps a name."""
    from zhangfang_core.modules.calling import calling
    from zhangfang_core.modules.registry import registry

    PluginFolders(_settings().data_dir).add_to_path()
    added: dict[str, tuple[str, Command]] = {}
    for id_, module in registry().modules.items():
        for command in module.commands:
            if command.name in commands.choices:
                continue
            # A stranger's code may raise anything: `calling` logs it, and the command is missing.
            with contextlib.suppress(Exception), calling(id_, f"command {command.name}"):
                own = argparse.ArgumentParser()
                command.configure(own)
                commands.add_parser(command.name, help=command.help, parents=[own], add_help=False)
                added[command.name] = (id_, command)
    return added


def _of_plugin(plugin: str, command: Command, chosen: argparse.Namespace) -> int:
    from zhangfang_core.modules.calling import calling

    with calling(plugin, f"command {command.name}"):
        return command.run(chosen)


def _code(settings: Settings) -> None:
    import pyotp

    from zhangfang_core.demo.sign_ins import demo_secrets

    print(pyotp.TOTP(demo_secrets(settings).totp).now())  # noqa: T201  # the answer of the command


def _web(settings: Settings) -> None:
    from zhangfang_core.supervision.web import serve

    asyncio.run(running.prepared(settings))
    serve("zhangfang_core.web.app:create_app", host=settings.host, port=settings.port)


async def _worker(settings: Settings) -> None:
    from zhangfang_core.database.engine import JOBS, close_pool, open_pool
    from zhangfang_core.jobs.worker import work_until
    from zhangfang_core.services import provide_services

    dsn = await running.prepared(settings)
    provide_services()
    await open_pool(dsn, limits=JOBS)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await work_until(dsn, stop, stalled_s=settings.worker_stalled_s)
    await close_pool()


async def _migrate(settings: Settings) -> None:
    owner = (await ready(settings)).owner
    from zhangfang_core.modules.life import migrate  # asks which plugins there are

    if owner is None:
        raise MigrationError("升级数据库结构需要 ZHANGFANG_OWNER_DSN: 以数据库所有者身份连接的地址。")
    for plugin, lost in (await migrate(owner)).left_out.items():
        log.error("plugin %s is left out: %s", plugin, lost.reason, exc_info=lost.error)


async def _reindex(settings: Settings) -> None:
    from zhangfang_core.search.rebuilding import build_all

    async with running.in_the_deployment(settings):
        await build_all()


async def _verify(settings: Settings) -> None:
    from zhangfang_core.trail.report import report

    async with running.in_the_deployment(settings):
        lines, holds = await report()
    print("\n".join(lines))  # noqa: T201  # the answer of the command
    if not holds:
        sys.exit(1)


async def _demo(settings: Settings) -> None:
    await running.fill(settings)


if __name__ == "__main__":
    main()
