"""The way from an invoice to the same one at another client of the firm."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-26T21:30:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of invoices and files of all clients"

INDEXES = """
create index capture_ocr_invoice_anywhere on capture_ocr_invoice (firm, number) where live and number <> '';
create index capture_ocr_item_anywhere on capture_ocr_item (firm, sha256);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(INDEXES)

    manager.add_raw(run)
    return manager
