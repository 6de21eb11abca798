"""The second wall around decisions of input tax; one decision an invoice."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-27T01:11:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls and indexes of input tax"

INDEXES = """
create unique index capture_ocr_input_tax_use_invoice on capture_ocr_input_tax_use (firm, invoice);
create index capture_ocr_input_tax_use_period on capture_ocr_input_tax_use (firm, client, period);
create index capture_ocr_input_tax_use_voucher on capture_ocr_input_tax_use (firm, voucher) where voucher is not null;
create index capture_ocr_invoice_input_tax on capture_ocr_invoice (firm, client, issued_on) where live and input_tax <> 0;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall(
                "capture_ocr_input_tax_use", references={"invoice": "capture_ocr_invoice", "voucher": "core_voucher"}
            ),
            INDEXES,
        )

    manager.add_raw(run)
    return manager
