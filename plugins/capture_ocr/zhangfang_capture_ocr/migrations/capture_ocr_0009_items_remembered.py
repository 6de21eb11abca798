"""What is remembered of a seller is told apart by item."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T00:50:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Items in what is remembered of sellers"


class SellerMemory(Table, tablename="capture_ocr_seller_memory"):
    id = BigSerial(primary_key=True)
    item = Varchar(length=100, default="")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)
    new_columns(manager, SellerMemory)
    return manager
