from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-27T01:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "When reminders are sent, as each firm has it"


class Reminders(Table, tablename="collab_reminders"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    duty = Varchar(length=12)
    levels = JSONB(default="[]")
    changed_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)
    new_tables(manager, Reminders)
    return manager
