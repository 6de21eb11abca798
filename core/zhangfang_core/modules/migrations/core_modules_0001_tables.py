from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T08:03:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class ModuleSwitch(Table, tablename="core_module_switch"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    module = Varchar(length=60)
    enabled = Boolean()
    changed_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_modules", description=DESCRIPTION)
    new_tables(manager, ModuleSwitch)
    return manager
