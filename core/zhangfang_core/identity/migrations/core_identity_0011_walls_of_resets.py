from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T02:06:11:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of links that reset a password"

WALLS = """
alter table core_reset enable row level security;
alter table core_reset force row level security;
create policy self on core_reset using ("user" = app_user()) with check ("user" = app_user());
create policy by_token on core_reset using (token_hash = current_setting('app.token', true));
create policy colleagues on core_reset using (
  app_staff() and exists (select 1 from core_membership m where m."user" = core_reset."user" and m.firm = app_firm()));
create policy operator on core_reset using (app_operator());
create index core_reset_user on core_reset ("user");
revoke update, delete, truncate on core_reset from zhangfang_app;
grant update (used_at, revoked_at, told_at) on core_reset to zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    async def run() -> None:
        await build(WALLS)

    manager.add_raw(run)
    return manager
