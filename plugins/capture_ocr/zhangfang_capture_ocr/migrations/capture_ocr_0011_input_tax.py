"""Input tax: what an invoice may deduct, and what was decided of it."""

from enum import Enum

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_columns, new_tables
from zhangfang_sdk.references import ClientKey, UserKey, VoucherKey

ID = "2026-11-27T01:11:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Input tax"


class InputTaxDecision(Enum):
    DEDUCTED = "deducted"
    REFUSED = "refused"


class Invoice(Table, tablename="capture_ocr_invoice"):
    id = BigSerial(primary_key=True)
    input_tax = BigInt(default=None, null=True)
    input_tax_why = Text(default="")
    input_tax_computed = Boolean(default=False)


class InputTaxUse(Table, tablename="capture_ocr_input_tax_use"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    invoice = ForeignKey(Invoice, on_delete=OnDelete.restrict, null=False)
    decision = Varchar(length=20, choices=InputTaxDecision)
    period = Integer()
    reason = Varchar(length=200, default="")
    voucher = ForeignKey(VoucherKey, on_delete=OnDelete.restrict, null=True, default=None)
    decided_by = ForeignKey(UserKey, on_delete=OnDelete.restrict, null=True)
    decided_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)
    new_columns(manager, Invoice)
    new_tables(manager, InputTaxUse)
    return manager
