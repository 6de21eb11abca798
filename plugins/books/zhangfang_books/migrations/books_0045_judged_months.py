from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, SmallInt, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-27T16:20:45:000000"
VERSION = "1.38.0"
DESCRIPTION = "Judged cash summed by month and line"


class JudgedMonth(Table, tablename="books_judged_month"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    rules = Varchar(length=16)
    period = Integer()
    line = SmallInt()
    amount = BigInt()
    vouchers = Integer()
    flows = Integer()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, JudgedMonth)
    return manager
