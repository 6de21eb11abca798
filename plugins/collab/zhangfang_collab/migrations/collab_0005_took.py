from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, SmallInt
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-26T22:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "How long a client took"


class Task(Table, tablename="collab_task"):
    id = BigSerial(primary_key=True)
    took = SmallInt(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)
    new_columns(manager, Task)
    return manager
