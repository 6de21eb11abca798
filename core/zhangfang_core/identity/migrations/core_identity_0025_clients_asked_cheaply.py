"""Whom a membership reaches is known without a query where it belongs to one client, or its role sees them all.

Every request asks it, most of them for such a membership.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T08:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "app_clients_of asks the role only where it decides"

READ = """
create or replace function app_clients_of(m core_membership) returns bigint[] language plpgsql stable as $$
begin
  if m.client is not null then return array[m.client]; end if;
  if m.role in ('owner', 'admin', 'reviewer') then return null; end if;
  return (select case
    when r.every_client then null
    when r.clients is not null then array(select c::bigint from jsonb_array_elements_text(r.clients) c)
    else array(select a.client from core_assignment a where a.firm = m.firm and a."user" = m."user") end
  from (select) one left join core_role r on r.firm = m.firm and r.key = m.role);
end $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    async def run() -> None:
        await build(READ)

    manager.add_raw(run)
    return manager
