from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Date, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T08:11:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class Task(Table, tablename="collab_task"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    title = Varchar(length=120)
    note = Varchar(length=400)
    due_on = Date()
    created_at = Timestamptz()
    done_at = Timestamptz(default=None, null=True)
    done_by = Varchar(length=80)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)
    new_tables(manager, Task)
    return manager
