from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T00:50:25:000000"
VERSION = "1.38.0"
DESCRIPTION = "Which bank line paid a return"


class FilingRow(Table, tablename="books_filing"):
    id = BigSerial(primary_key=True)
    paid_line = BigInt(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_columns(manager, FilingRow)
    return manager
