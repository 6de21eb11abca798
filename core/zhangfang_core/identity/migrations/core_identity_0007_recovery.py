from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Boolean, ForeignKey, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns, new_tables

ID = "2026-11-27T02:00:07:000000"
VERSION = "1.38.0"
DESCRIPTION = "recovery codes"


class User(Table, tablename="core_user"):
    id = BigSerial(primary_key=True)


class RecoveryCode(Table, tablename="core_recovery_code"):
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False)
    code_hash = Varchar(length=64, null=False, secret=True)
    made_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class Session(Table, tablename="core_session"):
    id = BigSerial(primary_key=True)
    by_recovery = Boolean(default=False)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    new_tables(manager, RecoveryCode)
    new_columns(manager, Session)
    return manager
