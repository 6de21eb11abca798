from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T19:00:06:000000"
VERSION = "1.38.0"
DESCRIPTION = "Wall of what a client brings along; accounts compare byte by byte"

ONCE = """
alter table core_opening_line alter column account type varchar(20) collate "C";
create unique index core_opening_line_once on core_opening_line (firm, client, account, party, coalesce(due, date '0001-01-01'));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("core_opening_line"), ONCE)

    manager.add_raw(run)
    return manager
