"""The name on the certificate of a signed file."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-26T21:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Signers of files"


class Invoice(Table, tablename="capture_ocr_invoice"):
    id = BigSerial(primary_key=True)
    signer = Varchar(length=100, default="")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)
    new_columns(manager, Invoice)
    return manager
