"""Entering asks what may decide, and nothing else: every request pays for it.

A firm's idle time-out is asked of a session that was not seen for as long as the shortest one (``core_sign_in_rule_idle``); an auditor's
link, and its years, where the membership is an auditor's, or none; and a client, which stands where a membership names it, of the firm's own people.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T11:50:27:000000"
VERSION = "1.38.0"
DESCRIPTION = "app_enter asks what may decide"

READ = """
create or replace function app_enter(given text, at_firm bigint, at_client bigint, at_operator boolean, attended boolean) returns table (
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
    and x.expires_at > now();
  perform set_config('app.token', '', true);
  if s.id is null then return; end if;
  perform set_config('app.user', s."user"::text, true);
  if s.last_seen_at <= now() - interval '15 minutes' and s.last_seen_at <= now() - app_idle_of(s."user") then
    perform set_config('app.user', '', true);
    return;
  end if;
  select x.* into u from core_user x where x.id = s."user";
  session := s.id; person := u.id; name := u.name; language := u.language; large_type := u.large_type;
  staff := false;
  operator := at_operator and u.is_operator;
  second_factor := case
    when s.mfa_done then ''
    when app_has_factor(u.id) then 'code'
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
      where x."user" = s."user" and x.firm = at_firm and (x.client is null or x.client = at_client) and x.active
      order by x.client nulls first
    loop
      if m.role <> 'auditor' or app_stands(m) then
        perform set_config('app.firm', m.firm::text, true), set_config('app.clients', '*', true);
        client := m.client;
        clients := app_clients_of(m);
        exit when client is not null or at_client is null;
        select c.id into client from core_client c
          where c.firm = m.firm and c.id = at_client and (clients is null or c.id = any(clients));
        clients := array[client];
        exit when client is not null;
      end if;
      m := null;
    end loop;
  else
    clients := '{}';
  end if;
  if m.id is null or m.role = 'auditor' then years := app_years_of(u.id); end if;
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
  if attended and s.last_seen_at < now() - interval '1 minute' then
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
        await build(READ)

    manager.add_raw(run)
    return manager
