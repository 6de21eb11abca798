from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Boolean, ForeignKey, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_tables

ID = "2026-11-27T02:06:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "links that reset a password"


class User(Table, tablename="core_user"):
    id = BigSerial(primary_key=True)


class Reset(Table, tablename="core_reset"):
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False)
    token_hash = Varchar(length=64, null=False, unique=True, secret=True)
    also_factor = Boolean(default=False)
    made_by = Varchar(length=80, null=False)
    made_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    new_tables(manager, Reset)
    return manager
