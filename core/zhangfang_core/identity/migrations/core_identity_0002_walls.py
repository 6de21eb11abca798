"""The walls of identity, and entering a request in one round trip.

``app.token`` opens the one session or invitation whose hash it is; ``app.login`` opens the one person who signs in.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-26T08:01:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls, unique keys and app_enter"

CHECKS = """
alter table core_user add constraint core_user_login_written check (login <> '' and login = lower(login));
create unique index core_membership_once on core_membership ("user", firm, coalesce(client, 0));
create index core_membership_firm on core_membership (firm, client);
create index core_session_user on core_session ("user");
create index core_invitation_firm on core_invitation (firm, client);
create unique index core_role_key on core_role (firm, key);
"""

WALLS = """
alter table core_user enable row level security;
alter table core_user force row level security;
create policy self on core_user using (id = app_user()) with check (id = app_user());
create policy by_login on core_user using (login = current_setting('app.login', true));
create policy made on core_user for insert
  with check (login = current_setting('app.login', true) and (not is_operator or app_operator()));
create policy colleagues on core_user for select using (
  app_staff() and exists (select 1 from core_membership m where m."user" = core_user.id and m.firm = app_firm()));
create policy operator on core_user for select using (app_operator());
revoke update, delete, truncate on core_user from zhangfang_app;
grant update (login, name, password_hash, totp_secret, totp_last_step, failed_attempts, locked_until, language, large_type)
  on core_user to zhangfang_app;

alter table core_membership enable row level security;
alter table core_membership force row level security;
create policy own on core_membership for select using ("user" = app_user());
create policy wall on core_membership
  using (firm = app_firm() and ((app_staff() and client is null) or app_client_ok(client)))
  with check (firm = app_firm() and app_staff() and (client is null or app_client_ok(client)));
create policy invited on core_membership for insert with check ("user" = app_user() and exists (
  select 1 from core_invitation i where i.token_hash = current_setting('app.token', true)
    and i.firm = core_membership.firm and i.client is not distinct from core_membership.client
    and i.role = core_membership.role and i.used_at is null and i.revoked_at is null and i.expires_at > now()));
revoke delete, truncate on core_membership from zhangfang_app;

alter table core_session enable row level security;
alter table core_session force row level security;
create policy own on core_session using ("user" = app_user()) with check ("user" = app_user());
create policy by_token on core_session using (token_hash = current_setting('app.token', true));

alter table core_invitation enable row level security;
alter table core_invitation force row level security;
create policy by_token on core_invitation using (token_hash = current_setting('app.token', true));
create policy wall on core_invitation
  using (firm = app_firm() and app_staff() and (client is null or app_client_ok(client)))
  with check (firm = app_firm() and app_staff() and (client is null or app_client_ok(client)));
"""

FACTOR = """
create policy own on core_role for select using (exists (select 1 from core_membership m
  where m.firm = core_role.firm and m.role = core_role.key and m."user" = app_user() and m.active));

create function app_must_have_factor(person bigint) returns boolean language sql stable as $$
  select coalesce((select x.is_operator from core_user x where x.id = person), false) or exists (
    select 1 from core_membership m left join core_role r on r.firm = m.firm and r.key = m.role
    where m."user" = person and m.active and (m.role in ('owner', 'admin')
      or coalesce(r.permissions ?| array['admin.use', 'people.manage', 'modules.manage'], false)))
$$;
"""

ENTER = """
create function app_enter(given text, at_firm bigint, at_client bigint, at_operator boolean) returns table (
  session bigint, person bigint, name varchar, language varchar, large_type boolean, membership bigint, firm bigint,
  role varchar, staff boolean, operator boolean, client bigint, clients bigint[], own_permissions jsonb, second_factor text)
language plpgsql volatile as $$
declare
  s core_session;
  u core_user;
  m core_membership;
  sees_every boolean;
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
      where x."user" = s."user" and x.firm = at_firm and x.active and (x.client is null or x.client = at_client)
      order by x.client nulls first
    loop
      perform set_config('app.firm', m.firm::text, true), set_config('app.clients', '*', true);
      sees_every := m.client is null and m.role in ('owner', 'admin', 'reviewer');
      if at_client is not null then
        select c.id into client from core_client c where c.firm = m.firm and c.id = at_client and (
          m.client is not null or sees_every or exists (
            select 1 from core_assignment a where a.firm = m.firm and a.client = c.id and a."user" = s."user"));
        clients := array[client];
        exit when client is not null;
      elsif not sees_every then
        select coalesce(array_agg(a.client), '{}') into clients from core_assignment a
          where a.firm = m.firm and a."user" = s."user";
        exit;
      else
        clients := null;
        exit;
      end if;
      m := null;
    end loop;
  else
    clients := '{}';
  end if;
  if m.id is not null then
    membership := m.id; firm := m.firm; role := m.role; staff := m.client is null;
    select x.permissions into own_permissions from core_role x where x.firm = m.firm and x.key = m.role;
  else
    client := null; clients := '{}';
    if not u.is_operator and not exists (select 1 from core_membership x where x."user" = s."user" and x.active) then
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
        await build(CHECKS, WALLS, firm_wall("core_role"), FACTOR, ENTER)

    manager.add_raw(run)
    return manager
