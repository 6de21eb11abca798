from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, UserKey

ID = "2026-11-26T08:04:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class FirmKey(Table, tablename="core_firm_key"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    version = Integer()
    wrapped = Bytea(secret=True)
    created_at = Timestamptz()


class ObjectRow(Table, tablename="core_object"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    name = Varchar(length=120)
    wrapped_key = Bytea(secret=True)
    key_version = Integer()
    size = BigInt()
    sha256 = Varchar(length=64)
    created_at = Timestamptz()


class DocumentRow(Table, tablename="core_document"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    name = Varchar()
    media_type = Varchar(length=100)
    size = BigInt()
    sha256 = Varchar(length=64)
    object = ForeignKey(ObjectRow, on_delete=OnDelete.restrict, null=False)
    source = Varchar(length=20)
    stored_at = Timestamptz()
    stored_by = ForeignKey(UserKey, on_delete=OnDelete.restrict)
    stored_by_name = Varchar(length=80)


class PreviewRow(Table, tablename="core_document_preview"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    document = ForeignKey(DocumentRow, on_delete=OnDelete.restrict, null=False)
    number = Integer()
    pages = Integer()
    object = ForeignKey(ObjectRow, on_delete=OnDelete.restrict, null=False)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_documents", description=DESCRIPTION)
    new_tables(manager, FirmKey, ObjectRow, DocumentRow, PreviewRow)
    return manager
