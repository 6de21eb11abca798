"""One app's migrations: its files, what of them has run, and running the rest with Piccolo.

Files are loaded by their path. Piccolo itself puts the folder on ``sys.path`` and imports by bare name, where two plugins with a
file of one name would share the first one's.
"""

import contextlib
import io
import sys
from collections.abc import Collection, Mapping, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import cast

import asyncpg
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.conf.apps import AppConfig, MigrationModule

Ran = Mapping[str, frozenset[str]]
"""Ids of the migrations that have run, by app."""


class MigrationError(RuntimeError):
    """These migrations cannot run; the message, in Chinese, says why."""


class _Forwards(ForwardsMigrationManager):
    def __init__(self, app: AppConfig, only: Collection[str] | None) -> None:
        super().__init__(app_name=app.app_name)
        self._app, self._only = app, only

    def get_app_config(self, app_name: str) -> AppConfig:
        return self._app

    def get_migration_modules(self, folder_path: str) -> dict[str, MigrationModule]:
        found = migrations_of(self._app)
        return {id_: module for id_, module in found.items() if self._only is None or id_ in self._only}


def migrations_of(app: AppConfig) -> Mapping[str, MigrationModule]:
    """The app's migrations by id. Runs the files, and raises what they raise; raises MigrationError for two with one id."""
    found: dict[str, MigrationModule] = {}
    for path in sorted(Path(app.resolved_migrations_folder_path).glob("*.py")):
        if path.stem == "__init__":
            continue
        module = _loaded(f"zhangfang_migrations.{app.app_name}.{path.stem}", path)
        if module.ID in found:
            raise MigrationError(f"{path.name} 的迁移编号 {module.ID} 与同一模块的另一个文件相同")
        found[module.ID] = module
    return found


def _loaded(name: str, path: Path) -> MigrationModule:
    if name not in sys.modules:
        spec = spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise MigrationError(f"无法读取 {path.name}")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
    return cast(MigrationModule, sys.modules[name])


async def recorded(connection: "asyncpg.Connection[asyncpg.Record]") -> Ran:
    """What the database says of itself; empty for a new one."""
    if await connection.fetchval("select to_regclass('migration')") is None:
        return {}
    rows = await connection.fetch("select app_name, array_agg(name) as names from migration group by app_name")
    return {row["app_name"]: frozenset(row["names"]) for row in rows}


def still_to_run(app: AppConfig, ran: Ran) -> Sequence[str]:
    """Ids of the app's migrations that have not run, in their order.

    Raises MigrationError when there are tables and no migrations, when the database has seen migrations that the code does not know (it is
    older), or when an id is another app's.
    """
    ids = migrations_of(app).keys()
    if app.table_classes and not ids:
        raise MigrationError("它有数据表, 却没有任何迁移")
    if unknown := ran.get(app.app_name, frozenset()) - ids:
        raise MigrationError(f"数据库里有这个版本不认识的迁移 {', '.join(sorted(unknown))}: 它由另一个版本升级过, 请装回那个版本")
    for other, theirs in ran.items():
        if other != app.app_name and (shared := theirs & ids):
            raise MigrationError(f"迁移编号 {', '.join(sorted(shared))} 已属于 {other}")
    return sorted(ids - ran.get(app.app_name, frozenset()))


async def run_migrations(app: AppConfig, only: Collection[str] | None = None) -> None:
    """Run what has not run, of all or of ``only`` these ids, in the transaction in force of the engine that Piccolo finds. Raises what the migration raises."""
    with contextlib.redirect_stdout(io.StringIO()):
        result = await _Forwards(app, only).run()
    if not result.success:
        raise MigrationError(result.message or f"{app.app_name} 的迁移没有完成")
