from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Numeric, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_columns, new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T21:00:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "Where a divided account and a merged item went, quantities of the opening sheet, and how codes are made"


class LedgerAccount(Table, tablename="core_account"):
    id = BigSerial(primary_key=True)
    moved_to = Varchar(length=20, default=None, null=True)


class DimensionItemRow(Table, tablename="core_dimension_item"):
    id = BigSerial(primary_key=True)
    merged_into = BigInt(default=None, null=True)


class OpeningLineRow(Table, tablename="core_opening_line"):
    id = BigSerial(primary_key=True)
    quantity = Numeric(digits=(20, 6), default=None, null=True)


class CodeRule(Table, tablename="core_code_rule"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    lengths = Varchar(length=20)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)
    new_columns(manager, LedgerAccount, DimensionItemRow, OpeningLineRow)
    new_tables(manager, CodeRule)
    return manager
