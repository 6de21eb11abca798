"""A membership of an auditor stands as long as the link does, and the link keeps its person to some years."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-27T05:50:18:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of links for auditors"

WALLS = """
create policy own on core_auditor_link for select using ("user" = app_user());
create policy by_token on core_auditor_link using (token_hash = current_setting('app.token', true));
create unique index core_auditor_link_user on core_auditor_link ("user");
alter table core_auditor_link add constraint core_auditor_link_years check (jsonb_typeof(years) = 'array' and years <> '[]');
alter table core_auditor_link add constraint core_auditor_link_until check (expires_at <= made_at + interval '91 days');
revoke update, delete, truncate on core_auditor_link from zhangfang_app;
grant update (tries, opened_at, revoked_at) on core_auditor_link to zhangfang_app;
"""

READ = """
create or replace function app_stands(m core_membership) returns boolean language sql stable as $$
  select m.active and (m.role <> 'auditor' or exists (select from core_auditor_link l
    where l.firm = m.firm and l."user" = m."user" and l.revoked_at is null and l.expires_at > now()))
$$;

create or replace function app_years_of(person bigint) returns jsonb language sql stable as $$
  select l.years from core_auditor_link l where l."user" = person
$$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    async def run() -> None:
        await build(firm_wall("core_auditor_link", staff_only=True), WALLS, READ)

    manager.add_raw(run)
    return manager
