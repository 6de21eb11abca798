"""Checks of invoices with the tax administration's records."""

from enum import Enum

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_columns, new_tables
from zhangfang_sdk.references import ClientKey, UserKey

ID = "2026-11-27T05:30:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Checks of invoices with the tax administration's records"


class CheckState(Enum):
    WAITING = "waiting"
    LATER = "later"
    REFUSED = "refused"
    VALID = "valid"
    VOIDED = "voided"
    REVERSED = "reversed"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"


class Invoice(Table, tablename="capture_ocr_invoice"):
    id = BigSerial(primary_key=True)
    recorded = Varchar(length=20, default="")


class InvoiceCheck(Table, tablename="capture_ocr_invoice_check"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    invoice = ForeignKey(Invoice, on_delete=OnDelete.restrict, null=False)
    state = Varchar(length=20, choices=CheckState, default=CheckState.WAITING)
    number = Varchar(length=40, default="")
    code = Varchar(length=12, default="")
    issued_on = Date(default=None, null=True)
    total = BigInt(default=None, null=True)
    record = JSONB(default="{}")
    vendor = Varchar(length=120, default="")
    vendor_title = Varchar(length=80, default="")
    reference = Varchar(length=100, default="")
    why_code = Varchar(length=60, default="")
    why = Text(default="")
    attempts = Integer(default=0)
    reason = Varchar(length=200, default="")
    asked_by = ForeignKey(UserKey, on_delete=OnDelete.restrict, null=True, default=None)
    asked_at = Timestamptz()
    answered_at = Timestamptz(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)
    new_columns(manager, Invoice)
    new_tables(manager, InvoiceCheck)
    return manager
