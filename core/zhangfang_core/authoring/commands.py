"""The author's subcommands. Each works on the sources in a folder, which the portal then finds as if they were installed."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from zhangfang_sdk.commands import Command


def _folder(parser: ArgumentParser) -> None:
    parser.add_argument(
        "folder", nargs="?", default=".", type=Path, help="模块的源码文件夹, 内有 pyproject.toml(默认为当前文件夹)"
    )


def _configure_new(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="编号, 例如 notes: 小写字母、数字和下划线")
    parser.add_argument("--title", required=True, help="中文名称, 例如 便签")
    parser.add_argument("--english", default="", help="英文名称, 例如 Notes")
    parser.add_argument("--into", default=".", type=Path, help="在哪个文件夹里新建(默认为当前文件夹)")


def _new(chosen: Namespace) -> int:
    from zhangfang_core.authoring.taken_names import taken_names
    from zhangfang_sdk.authoring.scaffold import ScaffoldError, new_plugin

    try:
        folder = new_plugin(chosen.name, chosen.into, title=chosen.title, english=chosen.english, taken=taken_names())
    except ScaffoldError as error:
        return _refused(error)
    except OSError as error:
        return _refused(OSError(f"{chosen.into} 里写不了文件: {error.strerror}。请用 --into 换一个文件夹。"))
    return _said(
        f"已写好模块 {chosen.name}: {folder}\n接着可以: cd {folder} && pytest && zhangfang plugin check && zhangfang plugin dev"
    )


def _texts(chosen: Namespace) -> int:
    from zhangfang_core.web.extracting import update
    from zhangfang_sdk.authoring.source_tree import SourceTreeError, link

    try:
        package = link(chosen.folder).package
    except SourceTreeError as error:
        return _refused(error)
    return _said("\n".join(f"{path}: {waiting} 条等待翻译" for path, waiting in update(package)))


def _configure_migrate(parser: ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument("--removals", action="store_true", help="也写出删除和修改: 所有节点都不再用到它们之后")


def _migrate(chosen: Namespace) -> int:
    import asyncio

    from zhangfang_sdk.authoring.columns_as_code import NotWritable
    from zhangfang_sdk.authoring.migrating import MigratingError, next_migration
    from zhangfang_sdk.authoring.source_tree import SourceTreeError, link
    from zhangfang_sdk.testing.installed import InstalledPlugin

    try:
        app = InstalledPlugin(link(chosen.folder).entry).app
        if app is None:
            return _said("这个模块没有 piccolo_app.py, 也就没有数据表。")
        files = asyncio.run(next_migration(app, removals=chosen.removals))
    except (SourceTreeError, MigratingError, NotWritable) as error:
        return _refused(error)
    folder = Path(app.resolved_migrations_folder_path)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return _said("\n".join(f"已写好 {folder / name}" for name in files) or "迁移与 tables.py 一致, 没有要写的。")


def _configure_check(parser: ArgumentParser) -> None:
    parser.add_argument("plugin", nargs="?", default=".", help="源码文件夹, 或已安装模块的编号(默认为当前文件夹)")


def _check(chosen: Namespace) -> int:
    from zhangfang_core.authoring.checking import PortalHost, told
    from zhangfang_core.plugin_life.folders import PluginFolders
    from zhangfang_core.settings import read_settings
    from zhangfang_sdk.authoring.quality.assessing import assess, subject_of
    from zhangfang_sdk.authoring.source_tree import SourceTreeError, link
    from zhangfang_sdk.testing.installed import InstalledPlugin, entry_point

    PluginFolders(read_settings().data_dir).add_to_path()
    try:
        is_folder = (Path(chosen.plugin) / "pyproject.toml").is_file() or not chosen.plugin.isidentifier()
        entry = link(Path(chosen.plugin)).entry if is_folder else entry_point(chosen.plugin)
    except SourceTreeError as error:
        return _refused(error)
    except LookupError:
        return _refused(LookupError(f"没有安装编号为 {chosen.plugin} 的模块, 也没有这个源码文件夹。"))
    plugin = InstalledPlugin(entry)
    report = assess(subject_of(plugin, PortalHost()))
    version = entry.dist.version if entry.dist else "?"
    _said("\n".join(told(f"{plugin.id} {version}", report)))
    return 1 if report.failed else 0


def _dev(chosen: Namespace) -> int:
    import logging

    from zhangfang_core.authoring.developing import develop
    from zhangfang_core.database.embedded_errors import EmbeddedServerError
    from zhangfang_core.database.migration_files import MigrationError
    from zhangfang_core.supervision.errors import SupervisionError

    logging.getLogger("zhangfang").setLevel(logging.INFO)
    try:
        develop(chosen.folder)
    except (ValueError, EmbeddedServerError, MigrationError, SupervisionError) as error:
        return _refused(error)
    return 0


def _said(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def _refused(error: Exception) -> int:
    sys.stderr.write(f"{error}\n")
    return 1


COMMANDS = (
    Command("new", "新建一个完整的模块, 改成自己的", _configure_new, _new),
    Command("migrate", "按 tables.py 写出下一步迁移", _configure_migrate, _migrate),
    Command("check", "按质量等级逐条检查源码或已安装的模块", _configure_check, _check),
    Command("dev", "用这个模块启动一个自己的账房, 保存文件后自动重启", _folder, _dev),
    Command("texts", "更新译文文件 locale/*.po: 收入新的文字, 去掉没有了的", _folder, _texts),
)
