from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, UserKey, VoucherKey

ID = "2026-11-26T22:21:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Payrolls: their totals, their rows, and who may read these"


class Payroll(Table, tablename="books_payroll"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    state = Varchar(length=20)
    people = Integer()
    gross = BigInt()
    social = BigInt()
    fund = BigInt()
    tax = BigInt()
    net = BigInt()
    employer_social = BigInt()
    employer_fund = BigInt()
    sha256 = Varchar(length=64)
    file = Varchar(length=255)
    voucher = ForeignKey(VoucherKey, on_delete=OnDelete.restrict, null=True)
    why = Varchar(length=255)
    made_by = Varchar(length=80)
    made_at = Timestamptz()
    answered_by = Varchar(length=80)
    answered_at = Timestamptz(null=True, default=None)


class PayrollRow(Table, tablename="books_payroll_row"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    payroll: ForeignKey[Any] = ForeignKey(Payroll, on_delete=OnDelete.restrict, null=False)
    period = Integer()
    name = Varchar(length=80)
    id_number = Varchar(length=18)
    gross = BigInt()
    exempt = BigInt()
    social = BigInt()
    fund = BigInt()
    special = BigInt()
    other = BigInt()
    tax = BigInt()
    net = BigInt()
    employer_social = BigInt()
    employer_fund = BigInt()


class PayrollReader(Table, tablename="books_payroll_reader"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, on_delete=OnDelete.restrict, null=False)
    named_by = Varchar(length=80)
    named_at = Timestamptz(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, Payroll, PayrollRow, PayrollReader)
    return manager
