from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, VoucherKey

ID = "2026-11-26T08:09:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class AccountMapping(Table, tablename="books_account_mapping"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    theirs = Varchar(length=40)
    ours = Varchar(length=40)


class BroughtFigure(Table, tablename="books_brought_figure"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    year = Integer()
    kind = Varchar(length=10)
    code = Varchar(length=40)
    amount = BigInt()


class CashAssignment(Table, tablename="books_cash_assignment"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    voucher = ForeignKey(VoucherKey, on_delete=OnDelete.restrict, null=False)
    place = SmallInt()
    line = SmallInt()
    assigned_by = Varchar(length=80)
    assigned_at = Timestamptz()


class ImportProfile(Table, tablename="books_import_profile"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    program = Varchar(length=40)
    name = Varchar(length=60)
    columns = Text()


class MonthNote(Table, tablename="books_month_note"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    note = Text()
    written_by = Varchar(length=80)
    updated_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, AccountMapping, BroughtFigure, CashAssignment, ImportProfile, MonthNote)
    return manager
