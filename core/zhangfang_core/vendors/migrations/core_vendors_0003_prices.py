"""What a firm says that its vendors cost."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T05:50:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Prices of vendors"


class VendorChoice(Table, tablename="core_vendor_choice"):
    id = BigSerial(primary_key=True)
    price = BigInt(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_vendors", description=DESCRIPTION)
    new_columns(manager, VendorChoice)
    return manager
