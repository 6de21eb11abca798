from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-27T05:50:17:000000"
VERSION = "1.38.0"
DESCRIPTION = "links for auditors"


class User(Table, tablename="core_user"):
    id = BigSerial(primary_key=True)


class AuditorLink(Table, tablename="core_auditor_link"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False)
    token_hash = Varchar(length=64, null=False, unique=True, secret=True)
    pin_hash = Varchar(length=200, null=False, secret=True)
    years = JSONB(null=False)
    made_by = Varchar(length=80, null=False)
    made_at = Timestamptz()
    expires_at = Timestamptz()
    opened_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    tries = SmallInt(default=0)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    new_tables(manager, AuditorLink)
    return manager
