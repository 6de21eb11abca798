from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, UserKey

ID = "2026-11-26T08:06:05:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class NoticeRow(Table, tablename="core_notice"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False)
    key = Varchar(length=160)
    title = Varchar(length=120)
    body = Text()
    link = Varchar(length=400)
    created_at = Timestamptz()
    read_at = Timestamptz(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_notices", description=DESCRIPTION)
    new_tables(manager, NoticeRow)
    return manager
