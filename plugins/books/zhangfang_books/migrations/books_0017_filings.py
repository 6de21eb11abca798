from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import (
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, DocumentKey

ID = "2026-11-26T22:40:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Filings and confirmations"


class FilingRow(Table, tablename="books_filing"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    tax = Varchar(length=20)
    first = Integer()
    last = Integer()
    due = Date()
    step = SmallInt(default=0)
    payable = BigInt(null=True, default=None)
    lines = Text()
    worked_by = Varchar(length=80)
    worked_at = Timestamptz(null=True, default=None)
    confirmed_sha256 = Varchar(length=64)
    confirmed_by = Varchar(length=80)
    confirmed_at = Timestamptz(null=True, default=None)
    number = Varchar(length=40)
    filed_on = Date(null=True, default=None)
    filed_by = Varchar(length=80)
    receipt = ForeignKey(DocumentKey, on_delete=OnDelete.restrict, null=True, default=None)
    paid = BigInt(null=True, default=None)
    paid_on = Date(null=True, default=None)


class Confirmation(Table, tablename="books_filing_confirmation"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    filing = ForeignKey(FilingRow, on_delete=OnDelete.restrict, null=False)
    content = Bytea()
    sha256 = Varchar(length=64)
    payable = BigInt()
    by_firm = Boolean(default=False)
    confirmed_by = Varchar(length=80)
    confirmed_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, FilingRow, Confirmation)
    return manager
