from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T02:00:06:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of the pace of sign-ins"

WALLS = """
alter table core_sign_in_pace enable row level security;
alter table core_sign_in_pace force row level security;
create policy by_key on core_sign_in_pace using (key = any (string_to_array(current_setting('app.token', true), ',')))
  with check (key = any (string_to_array(current_setting('app.token', true), ',')));
create policy forgotten on core_sign_in_pace using (app_operator()
  and coalesce(failed_at, '-infinity') < now() - interval '2 days'
  and coalesce(succeeded_at, '-infinity') < now() - interval '91 days') with check (false);
revoke truncate on core_sign_in_pace from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    for column in ("failed_attempts", "locked_until"):
        manager.drop_column(table_class_name="User", tablename="core_user", column_name=column, db_column_name=column)

    async def run() -> None:
        await build(WALLS)

    manager.add_raw(run)
    return manager
