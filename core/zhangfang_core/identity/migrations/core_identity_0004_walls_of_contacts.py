"""A person's own ways to be reached: theirs to change, read by people of the firms that they belong to, as their names are."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-26T16:10:04:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of contacts"

WALL = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy self on {table} using ("user" = app_user()) with check ("user" = app_user());
"""

COLLEAGUES = """
create policy colleagues on {table} for select using (
  app_staff() and exists (select 1 from core_membership m where m."user" = {table}."user" and m.firm = app_firm()));
"""

KEYS = """
create unique index core_contact_point_once on core_contact_point ("user", kind);
create index core_contact_code_user on core_contact_code ("user", kind, sent_at);
create unique index core_contact_choice_once on core_contact_choice ("user");
create unique index core_consent_once on core_consent ("user", purpose) where withdrawn_at is null;
alter table core_contact_point add constraint core_contact_point_kind check (kind in ('phone', 'email'));
revoke update, delete, truncate on core_contact_code from zhangfang_app;
grant update (tries, expires_at) on core_contact_code to zhangfang_app;
revoke update, delete, truncate on core_consent from zhangfang_app;
grant update (withdrawn_at) on core_consent to zhangfang_app;
"""

READ_BY_COLLEAGUES = ("core_contact_point", "core_contact_choice", "core_consent")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    async def run() -> None:
        walls = [WALL.format(table=table) for table in (*READ_BY_COLLEAGUES, "core_contact_code")]
        await build(*walls, *(COLLEAGUES.format(table=table) for table in READ_BY_COLLEAGUES), KEYS)

    manager.add_raw(run)
    return manager
