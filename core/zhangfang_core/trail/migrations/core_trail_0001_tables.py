from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Integer, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T08:06:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class AuditBlock(Table, tablename="core_audit_block"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    number = Integer()
    first = BigInt()
    last = BigInt()
    entries = Integer()
    previous_hash = Varchar(length=64)
    hash = Varchar(length=64)
    sealed_at = Timestamptz()


class AuditEntry(Table, tablename="core_audit_entry"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    client = BigInt(default=None, null=True)
    at = Timestamptz()
    user = BigInt(default=None, null=True)
    user_name = Varchar(length=80)
    address = Varchar(length=64)
    action = Varchar(length=80)
    subject = Varchar(length=160)
    before = JSONB(default=None, null=True)
    after = JSONB(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_trail", description=DESCRIPTION)
    new_tables(manager, AuditBlock, AuditEntry)
    return manager
