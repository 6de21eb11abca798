from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, DocumentKey

ID = "2026-11-26T08:08:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class Manifest(Table, tablename="archive_manifest"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    document = ForeignKey(DocumentKey, on_delete=OnDelete.restrict, null=False)
    files = Integer()
    sha256 = Varchar(length=64)
    created_at = Timestamptz()
    made_by = Varchar(length=80)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)
    new_tables(manager, Manifest)
    return manager
