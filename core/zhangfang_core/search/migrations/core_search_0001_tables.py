from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T17:55:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class SearchItem(Table, tablename="core_search_item"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=80, null=False)
    object = BigInt(null=False)
    owner = BigInt(null=True, default=None)
    day = Date(null=False, default=None)
    title = Varchar(length=200, null=False)
    body = Text(null=False)
    path = Varchar(length=200, null=False)
    folded = Text(null=False)


class BuiltKind(Table, tablename="core_search_kind"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=80, null=False)
    version = Integer(null=False)
    built_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_search", description=DESCRIPTION)
    new_tables(manager, SearchItem, BuiltKind)
    return manager
