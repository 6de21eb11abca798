from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, Boolean
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T05:10:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "Open items say whether their party stands only in the line's words"


class OpenItemRow(Table, tablename="core_open_item"):
    id = BigInt(primary_key=True)
    said = Boolean(default=False, null=False)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)
    new_columns(manager, OpenItemRow)
    return manager
