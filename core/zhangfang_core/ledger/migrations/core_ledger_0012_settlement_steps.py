from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Date, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-26T21:10:12:000000"
VERSION = "1.38.0"
DESCRIPTION = "Settlements are made and undone in steps, by a rule, and one that a reversal undid counts until then"


class SettlementRow(Table, tablename="core_settlement"):
    id = BigSerial(primary_key=True)
    step = BigInt(default=None, null=True)
    rule = Varchar(length=12)
    undone_from = Date(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)
    new_columns(manager, SettlementRow)
    return manager
