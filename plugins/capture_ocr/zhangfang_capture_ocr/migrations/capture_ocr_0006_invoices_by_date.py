"""Lists of a client's invoices by date, and the way from an invoice to its reversal."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-26T17:50:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of invoices by date"

INDEXES = """
create index capture_ocr_invoice_newest on capture_ocr_invoice (firm, client, issued_on desc, id desc);
create index capture_ocr_invoice_reverses on capture_ocr_invoice (firm, client, reverses) where reverses <> '';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(INDEXES)

    manager.add_raw(run)
    return manager
