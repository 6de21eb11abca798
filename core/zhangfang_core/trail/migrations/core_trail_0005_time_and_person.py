from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T02:45:05:000000"
VERSION = "1.38.0"
DESCRIPTION = "An entry's time is the database's, its person the session's: the application can write neither"

RIGHTS = """
alter table core_audit_entry alter column at set default clock_timestamp();
alter table core_audit_entry alter column "user" set default app_user();
revoke insert on core_audit_entry from zhangfang_app;
grant insert (firm, client, user_name, address, action, subject, before, after) on core_audit_entry to zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_trail", description=DESCRIPTION)

    async def run() -> None:
        await build(RIGHTS)

    manager.add_raw(run)
    return manager
