"""First and last days of a kind of a client are found without its other rows: for the years that a person may choose from."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T20:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of days by kind and client"

INDEX = "create index core_search_item_days on core_search_item (firm, kind, client, day) include (owner)"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_search", description=DESCRIPTION)

    async def run() -> None:
        await build(INDEX)

    manager.add_raw(run)
    return manager
