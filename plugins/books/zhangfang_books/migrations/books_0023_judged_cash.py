from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, Integer, SmallInt, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T22:10:23:000000"
VERSION = "1.38.0"
DESCRIPTION = "Cash of each posted voucher by line of the cash flow statement"


class JudgedCash(Table, tablename="books_judged_cash"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    voucher = BigInt()
    place = SmallInt()
    line = SmallInt()
    amount = BigInt()
    by_hand = Boolean(default=False)
    rules = Varchar(length=16)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, JudgedCash)
    return manager
