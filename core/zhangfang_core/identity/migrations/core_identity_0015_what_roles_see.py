from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigSerial, Boolean
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T05:10:15:000000"
VERSION = "1.38.0"
DESCRIPTION = "Roles that a firm makes say their measures, accounts and clients"


class OwnRole(Table, tablename="core_role"):
    id = BigSerial(primary_key=True)
    measures = JSONB(null=True, default=None)
    accounts = JSONB(null=True, default=None)
    every_client = Boolean(default=False)
    clients = JSONB(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    new_columns(manager, OwnRole)
    return manager
