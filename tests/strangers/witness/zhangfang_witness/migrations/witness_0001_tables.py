from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T20:00:01:000001"


class Sight(Table, tablename="witness_sight"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    title = Varchar(length=80)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="witness", description="Tables")
    new_tables(manager, Sight)
    return manager
