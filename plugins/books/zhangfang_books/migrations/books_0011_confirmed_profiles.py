from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Boolean
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-26T19:20:11:000000"
VERSION = "1.38.0"
DESCRIPTION = "Whether somebody looked at an import profile"


class ImportProfile(Table, tablename="books_import_profile"):
    id = BigSerial(primary_key=True)
    confirmed = Boolean(default=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_columns(manager, ImportProfile)
    return manager
