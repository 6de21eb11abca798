"""The name on the certificate of a signed file; room for the numbers of bank slips."""

from enum import Enum

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-26T21:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Signers of files, longer numbers"


BEFORE = {"NONE": "", "INTACT": "intact", "CHANGED": "changed", "UNCHECKED": "unchecked"}
AFTER = {"NONE": "", "INTACT": "intact", "SIGNED": "signed", "CHANGED": "changed", "UNCHECKED": "unchecked"}
SealsBefore = Enum("Seal", BEFORE)  # type: ignore[misc]  # made from data
Seals = Enum("Seal", AFTER)  # type: ignore[misc]  # made from data


class Invoice(Table, tablename="capture_ocr_invoice"):
    id = BigSerial(primary_key=True)
    signer = Varchar(length=100, default="")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)
    new_columns(manager, Invoice)
    manager.alter_column(
        table_class_name="Invoice",
        tablename="capture_ocr_invoice",
        column_name="seal",
        params={"choices": Seals},
        old_params={"choices": SealsBefore},
        column_class=Varchar,
        old_column_class=Varchar,
    )
    # The number of a bank's slip has up to 32 digits.
    manager.alter_column(
        table_class_name="Invoice",
        tablename="capture_ocr_invoice",
        column_name="number",
        params={"length": 40},
        old_params={"length": 20},
        column_class=Varchar,
        old_column_class=Varchar,
    )
    return manager
