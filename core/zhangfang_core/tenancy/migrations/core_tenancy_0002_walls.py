"""The walls of tenancy, and the foreign keys that identity's tables wait for.

``app.own`` shows a person the names of all firms and clients that they belong to: for the switcher alone.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T08:02:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls and keys of firms, clients and assignments"

WALLS = """
alter table core_firm enable row level security;
alter table core_firm force row level security;
create policy wall on core_firm for select using (id = app_firm() or app_operator());
create policy own on core_firm for select using (current_setting('app.own', true) = 'on'
  and exists (select 1 from core_membership m where m.firm = core_firm.id and m."user" = app_user() and m.active));
create policy made on core_firm for insert with check (app_operator());
create policy changed on core_firm for update using (id = app_firm() and app_staff());
revoke delete, truncate on core_firm from zhangfang_app;

alter table core_client add constraint core_client_firm_id_key unique (firm, id);
alter table core_client add constraint core_client_firm_exists foreign key (firm) references core_firm (id);
create unique index core_client_tax_id on core_client (firm, tax_id);
alter table core_client enable row level security;
alter table core_client force row level security;
create policy wall on core_client using (firm = app_firm() and app_client_ok(id)) with check (firm = app_firm() and app_client_ok(id));
create policy own on core_client for select using (current_setting('app.own', true) = 'on'
  and exists (select 1 from core_membership m where m.firm = core_client.firm and m.client = core_client.id and m."user" = app_user() and m.active));
revoke delete, truncate on core_client from zhangfang_app;
"""

ASSIGNMENTS = """
create unique index core_assignment_once on core_assignment (firm, client, "user");
create index core_assignment_user on core_assignment (firm, "user");
create policy people_of_the_firm on core_assignment as restrictive for insert with check (app_staff() and exists (
  select 1 from core_membership m where m.firm = core_assignment.firm and m."user" = core_assignment."user" and m.client is null));
"""

KEYS = """
alter table core_membership add constraint core_membership_firm_exists foreign key (firm) references core_firm (id);
alter table core_membership add constraint core_membership_client_same_firm foreign key (firm, client) references core_client (firm, id);
alter table core_invitation add constraint core_invitation_firm_exists foreign key (firm) references core_firm (id);
alter table core_invitation add constraint core_invitation_client_same_firm foreign key (firm, client) references core_client (firm, id);
alter table core_role add constraint core_role_firm_exists foreign key (firm) references core_firm (id);
"""

PLACES = """
create function app_places() returns table (membership bigint, role varchar, firm bigint, firm_name varchar, client bigint, client_name varchar)
language plpgsql volatile as $$
begin
  perform set_config('app.own', 'on', true);
  return query select m.id, m.role, m.firm, f.name, m.client, c.name
    from core_membership m join core_firm f on f.id = m.firm
    left join core_client c on c.firm = m.firm and c.id = m.client
    where m."user" = app_user() and m.active
    order by m.client is not null, f.name, c.name, m.id;
  perform set_config('app.own', '', true);
end $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_tenancy", description=DESCRIPTION)

    async def run() -> None:
        await build(WALLS, client_wall("core_assignment"), ASSIGNMENTS, KEYS, PLACES)

    manager.add_raw(run)
    return manager
