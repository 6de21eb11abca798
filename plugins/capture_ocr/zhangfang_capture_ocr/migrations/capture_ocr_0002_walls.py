"""The second wall, and what must be unique."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T08:10:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls and unique indexes"

INDEXES = """
create unique index capture_ocr_item_upload_key on capture_ocr_item (firm, client, upload_key);
create index capture_ocr_item_content on capture_ocr_item (firm, client, sha256);
create index capture_ocr_item_states on capture_ocr_item (firm, state, id);
create index capture_ocr_item_replaces on capture_ocr_item (firm, replaces) where replaces is not null;
create index capture_ocr_item_newest on capture_ocr_item (firm, client, id desc);
create unique index capture_ocr_invoice_item on capture_ocr_invoice (firm, item);
create unique index capture_ocr_invoice_number on capture_ocr_invoice (firm, client, code, number) where live and number <> '';
create index capture_ocr_invoice_voucher on capture_ocr_invoice (firm, voucher);
create unique index capture_ocr_seller_memory_account on capture_ocr_seller_memory (firm, client, seller_tax_id, account);
create index capture_ocr_seller_memory_name on capture_ocr_seller_memory (firm, client, seller_name);
create index capture_ocr_correction_invoice on capture_ocr_correction (firm, invoice);
create index capture_ocr_correction_learned on capture_ocr_correction (firm, client, field, before);
create unique index capture_ocr_recognition_item on capture_ocr_recognition (firm, item);
revoke delete, truncate on capture_ocr_item, capture_ocr_invoice from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall(
                "capture_ocr_item",
                references={
                    "document": "core_document",
                    "original": "capture_ocr_item",
                    "replaces": "capture_ocr_item",
                },
            ),
            client_wall(
                "capture_ocr_invoice",
                references={
                    "item": "capture_ocr_item",
                    "document": "core_document",
                    "voucher": "core_voucher",
                    "duplicate_of": "capture_ocr_invoice",
                },
            ),
            client_wall("capture_ocr_correction", references={"invoice": "capture_ocr_invoice"}, append_only=True),
            client_wall("capture_ocr_recognition", references={"item": "capture_ocr_item"}),
            client_wall("capture_ocr_seller_memory"),
            INDEXES,
        )

    manager.add_raw(run)
    return manager
