from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Date, Timestamptz
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T15:50:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "How far into a month what has come reaches, and what is not so whoever ticked it"


class Task(Table, tablename="collab_task"):
    id = BigSerial(primary_key=True)
    until = Date(null=True, default=None)


class ArrivalRow(Table, tablename="collab_arrival"):
    id = BigSerial(primary_key=True)
    until = Date(null=True, default=None)
    contradicted = Timestamptz(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)
    new_columns(manager, Task)
    new_columns(manager, ArrivalRow)
    return manager
