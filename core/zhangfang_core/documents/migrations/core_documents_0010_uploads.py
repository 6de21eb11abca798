from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, UserKey

ID = "2026-11-27T05:40:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "Files that come in parts"


class UploadRow(Table, tablename="core_upload"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, on_delete=OnDelete.restrict, null=False)
    name = Varchar()
    media_type = Varchar(length=100)
    key = Varchar(length=64)
    metadata = Varchar(length=2000)
    length = BigInt()
    received = BigInt()
    created_at = Timestamptz()
    expires_at = Timestamptz()


class UploadPart(Table, tablename="core_upload_part"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    upload = ForeignKey(UploadRow, on_delete=OnDelete.cascade, null=False)
    start = BigInt()
    name = Varchar(length=120)
    wrapped_key = Bytea(secret=True)
    key_version = Integer()
    size = BigInt()
    sha256 = Varchar(length=64)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_documents", description=DESCRIPTION)
    new_tables(manager, UploadRow, UploadPart)
    return manager
