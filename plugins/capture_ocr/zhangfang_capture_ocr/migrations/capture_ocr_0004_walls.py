"""The second wall around what was seen on pictures."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-24T02:54:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of recognitions, references of items taken again"

INDEXES = """
create unique index capture_ocr_recognition_item on capture_ocr_recognition (firm, item);
alter table capture_ocr_item add constraint capture_ocr_item_replaces_same_firm
    foreign key (firm, replaces) references capture_ocr_item (firm, id);
create index capture_ocr_item_replaces on capture_ocr_item (firm, replaces) where replaces is not null;
create index capture_ocr_correction_learned on capture_ocr_correction (firm, client, field, before);
create index capture_ocr_seller_memory_name on capture_ocr_seller_memory (firm, client, seller_name);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("capture_ocr_recognition", references={"item": "capture_ocr_item"}), INDEXES)

    manager.add_raw(run)
    return manager
