from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build

ID = "2026-11-27T05:10:21:000000"
VERSION = "1.38.0"
DESCRIPTION = "Open items whose party stands only in the line's words are found by themselves"

TOLD = """update core_open_item o set said = true from core_voucher_line l where o.item is null and l.id = o.id and l.counterparty <> '';
drop index core_open_item_nameless;
create index core_open_item_said on core_open_item (client, account) where said;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(beyond_walls(TOLD, "core_open_item", "core_voucher_line"))

    manager.add_raw(run)
    return manager
