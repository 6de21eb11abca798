from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Date, ForeignKey, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T19:00:05:000000"
VERSION = "1.38.0"
DESCRIPTION = "What a client brings along"


class OpeningLineRow(Table, tablename="core_opening_line"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    account = Varchar(length=20)
    party = Varchar(length=120, default="", help_text="往来单位")
    due = Date(null=True, default=None, help_text="到期日")
    amount = BigInt(null=False, default=0, help_text="期初余额(分)")
    year_debit = BigInt(null=False, default=0, help_text="本年累计借方(分)")
    year_credit = BigInt(null=False, default=0, help_text="本年累计贷方(分)")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)
    new_tables(manager, OpeningLineRow)
    return manager
