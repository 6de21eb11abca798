from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T08:07:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class VendorBreaker(Table, tablename="core_vendor_breaker"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=20)
    vendor = Varchar(length=120)
    failures = Integer()
    failed_at = Timestamptz()
    reason = Varchar(length=20)
    open_until = Timestamptz(default=None, null=True)
    trial_until = Timestamptz(default=None, null=True)


class VendorCall(Table, tablename="core_vendor_call"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=20)
    vendor = Varchar(length=120)
    day = Date()
    calls = Integer()
    failures = Integer()
    milliseconds = BigInt()


class VendorChoice(Table, tablename="core_vendor_choice"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=20)
    vendor = Varchar(length=120)
    position = Integer()
    settings = JSONB()
    secrets_set = JSONB(default="[]")
    sealed = Bytea(default=None, null=True, secret=True)
    key_version = Integer(default=None, null=True)
    tested_at = Timestamptz(default=None, null=True)
    problem = Varchar(length=300)
    changed_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_vendors", description=DESCRIPTION)
    new_tables(manager, VendorBreaker, VendorCall, VendorChoice)
    return manager
