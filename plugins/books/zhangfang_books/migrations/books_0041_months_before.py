from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-27T09:12:41:000000"
VERSION = "1.38.0"
DESCRIPTION = "Months of a quarter that were kept elsewhere"


class MonthBeforeRow(Table, tablename="books_month_before"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    sales = BigInt()
    special = BigInt()
    purchases = BigInt()
    told_by = Varchar(length=80)
    told_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, MonthBeforeRow)
    return manager
