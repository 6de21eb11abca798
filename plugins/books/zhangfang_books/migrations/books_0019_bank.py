from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, VoucherKey

ID = "2026-11-26T22:19:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Bank accounts, statements, lines and what explains them"


class BankAccount(Table, tablename="books_bank_account"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    account = Varchar(length=40)
    bank = Varchar(length=60)
    number = Varchar(length=64)
    balance = BigInt(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)


class BankFile(Table, tablename="books_bank_file"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    account: ForeignKey[Any] = ForeignKey(BankAccount, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=255)
    sha256 = Varchar(length=64)
    first = Date()
    last = Date()
    opening = BigInt(null=True, default=None)
    closing = BigInt(null=True, default=None)
    lines = Integer()
    brought_by = Varchar(length=80)
    brought_at = Timestamptz()


class BankLineRow(Table, tablename="books_bank_line"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    account: ForeignKey[Any] = ForeignKey(BankAccount, null=False, on_delete=OnDelete.restrict)
    file: ForeignKey[Any] = ForeignKey(BankFile, null=False, on_delete=OnDelete.restrict)
    place = Integer()
    date = Date()
    told_at = Timestamptz(null=True, default=None)
    amount = BigInt()
    balance = BigInt(null=True, default=None)
    counterparty = Varchar(length=120)
    counterparty_number = Varchar(length=64)
    text = Varchar(length=255)
    serial = Varchar(length=80)
    key = Varchar(length=64)


class BankMatch(Table, tablename="books_bank_match"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    line: ForeignKey[Any] = ForeignKey(BankLineRow, null=False, on_delete=OnDelete.restrict)
    voucher = ForeignKey(VoucherKey, null=False, on_delete=OnDelete.restrict)
    place = SmallInt()
    amount = BigInt()
    reason = Varchar(length=255)
    charges = Text(default="[]")
    matched_by = Varchar(length=80)
    matched_at = Timestamptz()


class BankMemory(Table, tablename="books_bank_memory"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    sign = SmallInt()
    said = Varchar(length=160)
    account = Varchar(length=40)
    item = BigInt(default=0)
    summary = Varchar(length=120)
    times = Integer(default=1)
    at = Timestamptz()


class TableLayout(Table, tablename="books_table_layout"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=20)
    name = Varchar(length=60)
    headings = Varchar(length=32)
    columns = Text()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, BankAccount, BankFile, BankLineRow, BankMatch, BankMemory, TableLayout)
    return manager
