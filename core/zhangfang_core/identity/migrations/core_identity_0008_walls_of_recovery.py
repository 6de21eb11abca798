from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T02:00:08:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of recovery codes"

WALLS = """
alter table core_recovery_code enable row level security;
alter table core_recovery_code force row level security;
create policy self on core_recovery_code using ("user" = app_user()) with check ("user" = app_user());
create unique index core_recovery_code_once on core_recovery_code ("user", code_hash);
revoke update, truncate on core_recovery_code from zhangfang_app;
grant update (used_at) on core_recovery_code to zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    async def run() -> None:
        await build(WALLS)

    manager.add_raw(run)
    return manager
