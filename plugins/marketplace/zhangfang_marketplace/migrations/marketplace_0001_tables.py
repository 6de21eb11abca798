from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T08:13:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class Service(Table, tablename="marketplace_service"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    title = Varchar(length=80)
    content = Text()
    deliverables = Text()
    price = BigInt()
    days = Integer()
    published = Boolean()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="marketplace", description=DESCRIPTION)
    new_tables(manager, Service)
    return manager
