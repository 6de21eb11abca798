"""One row for each item and account of a seller."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T00:50:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "unique index of what is remembered of sellers"

INDEXES = """
drop index capture_ocr_seller_memory_account;
create unique index capture_ocr_seller_memory_account on capture_ocr_seller_memory (firm, client, seller_tax_id, item, account);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(INDEXES)

    manager.add_raw(run)
    return manager
