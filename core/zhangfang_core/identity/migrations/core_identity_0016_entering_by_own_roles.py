"""A role that a firm made says which clients its people see, which figures, and which accounts.

``app_stands`` and ``app_years_of`` are asked by ``app_enter`` alone, so that what ends a membership or keeps it to some years may be
told without writing that function again.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build

ID = "2026-11-27T05:10:16:000000"
VERSION = "1.38.0"
DESCRIPTION = "app_enter reads what a firm's own role may see"

KEPT = """
update core_role set permissions = permissions || '["accounts.read"]'::jsonb
    where permissions ? 'ledger.read' and not permissions ? 'accounts.read';
"""

WALLS = """
alter table core_role add constraint core_role_accounts_chosen check (accounts is null or (jsonb_typeof(accounts) = 'array'
  and not permissions ?| array['ledger.read', 'ledger.draft', 'ledger.post', 'ledger.close', 'bank.read', 'bank.write',
    'taxes.read', 'filings.read', 'filings.write', 'filings.confirm', 'alerts.read']));
alter table core_role add constraint core_role_clients_of_staff check (side = 'firm' or (not every_client and clients is null));
create policy made_by_staff on core_role as restrictive for insert with check (app_staff());
create policy changed_by_staff on core_role as restrictive for update using (app_staff());
create policy removed_by_staff on core_role as restrictive for delete using (app_staff());
"""

READ = """
create function app_stands(m core_membership) returns boolean language sql stable as $$ select m.active $$;

create function app_years_of(person bigint) returns jsonb language sql stable as $$ select null::jsonb $$;

-- Null stands for every client of the firm. In PL/pgSQL because the tables of clients come with a later migration.
create function app_clients_of(m core_membership) returns bigint[] language plpgsql stable as $$
begin
  return (select case
    when m.client is not null then array[m.client]
    when m.role in ('owner', 'admin', 'reviewer') or r.every_client then null
    when r.clients is not null then array(select c::bigint from jsonb_array_elements_text(r.clients) c)
    else array(select a.client from core_assignment a where a.firm = m.firm and a."user" = m."user") end
  from (select) one left join core_role r on r.firm = m.firm and r.key = m.role);
end $$;

drop function app_enter(text, bigint, bigint, boolean);
create function app_enter(given text, at_firm bigint, at_client bigint, at_operator boolean) returns table (
  session bigint, person bigint, name varchar, language varchar, large_type boolean, membership bigint, firm bigint,
  role varchar, staff boolean, operator boolean, client bigint, clients bigint[], own_permissions jsonb,
  own_measures jsonb, own_accounts jsonb, years jsonb, second_factor text)
language plpgsql volatile as $$
declare
  s core_session;
  u core_user;
  m core_membership;
begin
  perform set_config('app.firm', '', true), set_config('app.user', '', true), set_config('app.clients', '{}', true),
    set_config('app.staff', '', true), set_config('app.operator', '', true), set_config('app.login', '', true),
    set_config('app.token', given, true);
  select x.* into s from core_session x where x.token_hash = given and x.revoked_at is null
    and x.expires_at > now() and x.last_seen_at > now() - interval '7 days';
  perform set_config('app.token', '', true);
  if s.id is null then return; end if;
  perform set_config('app.user', s."user"::text, true);
  select x.* into u from core_user x where x.id = s."user";
  session := s.id; person := u.id; name := u.name; language := u.language; large_type := u.large_type;
  staff := false;
  operator := at_operator and u.is_operator;
  years := app_years_of(u.id);
  second_factor := case
    when s.mfa_done then ''
    when u.totp_secret <> '' then 'code'
    when app_must_have_factor(u.id) then 'enrol'
    else '' end;
  if second_factor <> '' then
    operator := false;
    perform set_config('app.user', '', true);
    return next; return;
  end if;
  -- The firm's own people come first: who keeps the books of a company and belongs to it too sees it as its accountant.
  if at_firm is not null then
    for m in select x.* from core_membership x
      where x."user" = s."user" and x.firm = at_firm and (x.client is null or x.client = at_client) and app_stands(x)
      order by x.client nulls first
    loop
      perform set_config('app.firm', m.firm::text, true), set_config('app.clients', '*', true);
      clients := app_clients_of(m);
      exit when at_client is null;
      select c.id into client from core_client c
        where c.firm = m.firm and c.id = at_client and (clients is null or c.id = any(clients));
      clients := array[client];
      exit when client is not null;
      m := null;
    end loop;
  else
    clients := '{}';
  end if;
  if m.id is not null then
    membership := m.id; firm := m.firm; role := m.role; staff := m.client is null;
    select x.permissions, x.measures, x.accounts into own_permissions, own_measures, own_accounts
      from core_role x where x.firm = m.firm and x.key = m.role;
  else
    client := null; clients := '{}';
    if not u.is_operator and not exists (select 1 from core_membership x where x."user" = s."user" and app_stands(x)) then
      perform set_config('app.user', '', true), set_config('app.firm', '', true), set_config('app.clients', '{}', true);
      return;
    end if;
  end if;
  perform set_config('app.firm', coalesce(firm::text, ''), true), set_config('app.clients', coalesce(clients::text, '*'), true),
    set_config('app.staff', case when staff then 'on' else '' end, true),
    set_config('app.operator', case when operator then 'on' else '' end, true);
  if s.last_seen_at < now() - interval '1 minute' then
    -- An upload may hold this row for its whole transaction: nobody waits for a clock.
    perform 1 from core_session x where x.id = s.id for update skip locked;
    if found then update core_session x set last_seen_at = now() where x.id = s.id; end if;
  end if;
  return next;
end $$;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    async def run() -> None:
        await build(beyond_walls(KEPT, "core_role"), WALLS, READ)

    manager.add_raw(run)
    return manager
