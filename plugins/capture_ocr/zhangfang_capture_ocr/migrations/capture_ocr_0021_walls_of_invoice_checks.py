"""The second wall around checks of invoices; each is asked by itself once, and one question waits at a time."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-27T05:30:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls and indexes of invoice checks"

INDEXES = """
create index capture_ocr_invoice_check_invoice on capture_ocr_invoice_check (firm, invoice, id);
create unique index capture_ocr_invoice_check_once on capture_ocr_invoice_check (firm, invoice) where asked_by is null;
create unique index capture_ocr_invoice_check_open on capture_ocr_invoice_check (firm, invoice) where state in ('waiting', 'later');
create index capture_ocr_invoice_check_later on capture_ocr_invoice_check (firm, id) where state = 'later';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("capture_ocr_invoice_check", references={"invoice": "capture_ocr_invoice"}),
            INDEXES,
        )

    manager.add_raw(run)
    return manager
