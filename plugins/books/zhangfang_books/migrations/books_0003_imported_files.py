from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T16:09:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Files that were brought in"


class ImportedFile(Table, tablename="books_imported_file"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    sha256 = Varchar(length=64)
    name = Varchar(length=255)
    vouchers = Integer()
    imported_by = Varchar(length=80)
    imported_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, ImportedFile)
    return manager
