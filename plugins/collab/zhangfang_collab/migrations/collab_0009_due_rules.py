from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, SmallInt, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T08:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "By which rule a task is due"


class Task(Table, tablename="collab_task"):
    id = BigSerial(primary_key=True)
    due_rule = Varchar(length=20, default="")
    due_number = SmallInt(default=0)
    due_tax = Varchar(length=40, default="")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)
    new_columns(manager, Task)
    return manager
