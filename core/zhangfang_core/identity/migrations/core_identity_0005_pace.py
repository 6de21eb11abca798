"""Failed tries are counted for logins and lines, also those that nobody has; the lock of a person goes.

``app.token`` opens the rows whose keys it lists: they are made with a key that the database does not hold.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Integer, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_tables

ID = "2026-11-27T02:00:05:000000"
VERSION = "1.38.0"
DESCRIPTION = "pace of sign-ins"


class SignInPace(Table, tablename="core_sign_in_pace"):
    id = BigSerial(primary_key=True)
    key = Varchar(length=64, null=False, unique=True)
    failures = Integer(default=0)
    failed_at = Timestamptz(null=True, default=None)
    succeeded_at = Timestamptz(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    new_tables(manager, SignInPace)
    return manager
