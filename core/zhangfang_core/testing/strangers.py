"""Throw-away plugins of strangers: distributions in a folder that is put on ``sys.path``, for tests of what does not fit."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

PLUGIN = """
from zhangfang_sdk.hookspecs import hook


class Plugin:
    pass


plugin = Plugin()
"""

TABLES = """
from pathlib import Path

from piccolo.columns import BigSerial, Varchar
from piccolo.conf.apps import AppConfig
from piccolo.table import Table
from zhangfang_sdk.tables import FirmRows


class Thing(FirmRows, Table, tablename="{table}"):
    id = BigSerial(primary_key=True)
    title = Varchar(length=40)


APP_CONFIG = AppConfig("{plugin}", str(Path(__file__).parent / "migrations"), table_classes=[Thing])
"""

MIGRATION = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Varchar
from piccolo.table import Table
from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "{id}-1"


class Thing(Table, tablename="{table}"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    title = Varchar(length=40)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="{plugin}", description="")
    new_tables(manager, Thing)
    return manager
"""

WALLS = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from zhangfang_sdk.walls import build, firm_wall

ID = "{id}-2"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="{plugin}", description="")

    async def run() -> None:
        await build(firm_wall("{table}"), {sql!r})

    manager.add_raw(run)
    return manager
"""


def write_stranger(
    folder: Path,
    plugin: str,
    *,
    manifest: str = "",
    code: str = PLUGIN,
    files: Mapping[str, str] | None = None,
    needs: str = "zhangfang-sdk>=0.1",
    name: str = "",
) -> Path:
    """Write the plugin ``plugin`` as an installed distribution below ``folder``; returns its package's folder.

    ``manifest`` is added to a manifest that fits (keys before tables), ``files`` to the package by path. ``name`` is the
    distribution's, of which the package's is made: two may then share an id.
    """
    distribution = name or f"stranger-{plugin}".replace("_", "-")
    package = folder / distribution.replace("-", "_")
    package.mkdir(parents=True)
    written = {
        "__init__.py": "",
        "manifest.toml": f'id = "{plugin}"\ntitle = "外来模块{plugin}"\nsummary = "测试"\ncategory = "测试"\n{dedent(manifest)}',
        "plugin.py": dedent(code),
        **(files or {}),
    }
    for path, text in written.items():
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text(text, "utf-8")
    about = folder / f"{package.name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\nRequires-Dist: {needs}\n", "utf-8"
    )
    (about / "entry_points.txt").write_text(f"[zhangfang.plugins]\n{plugin} = {package.name}.plugin:plugin\n", "utf-8")
    return package


def table_files(plugin: str, *, table: str = "", id_: str = "", sql: str = "", app: str = TABLES) -> dict[str, str]:
    """Files of a plugin with one table behind its wall; ``sql`` runs last. Its migrations' ids are ``id_`` (or one of its own) and -1, -2."""
    own = id_ or f"2026-11-26T09:00:00:{plugin}"
    named = {"plugin": plugin, "table": table or f"{plugin}_thing", "id": own, "sql": sql}
    return {
        "piccolo_app.py": app.format(**named),
        "migrations/__init__.py": "",
        f"migrations/{plugin}_0001_tables.py": MIGRATION.format(**named),
        f"migrations/{plugin}_0002_walls.py": WALLS.format(**named),
    }
