"""What binds the parts of a file, and which pages are unique."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-26T14:30:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of parts of files"

INDEXES = """
alter table capture_ocr_item add constraint capture_ocr_item_whole_same_firm
    foreign key (firm, whole) references capture_ocr_item (firm, id);
create index capture_ocr_item_whole on capture_ocr_item (firm, whole) where whole is not null;
drop index capture_ocr_recognition_item;
create unique index capture_ocr_recognition_page on capture_ocr_recognition (firm, item, page);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(INDEXES)

    manager.add_raw(run)
    return manager
