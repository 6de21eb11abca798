from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-26T18:00:03:000000"
VERSION = "1.38.0"
DESCRIPTION = "Open items that name nobody's item are found by themselves"

NAMELESS = "create index core_open_item_nameless on core_open_item (client, account) where item is null"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(NAMELESS)

    manager.add_raw(run)
    return manager
