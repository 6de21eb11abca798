from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, DocumentKey

ID = "2026-11-27T04:00:01:000023"


class Box(Table, tablename="shelf_box"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    title = Varchar(length=40)


class Paper(Table, tablename="shelf_paper"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    box = ForeignKey(Box, on_delete=OnDelete.restrict)
    after = ForeignKey("self", on_delete=OnDelete.restrict)
    document = ForeignKey(DocumentKey, on_delete=OnDelete.restrict)
    title = Varchar(length=80)
    pages = BigInt(default=0)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="shelf", description="Tables")
    new_tables(manager, Box, Paper)
    return manager
