"""Passkeys are a second factor beside codes; a session ends when its person did nothing for as long as one of their firms says.

``app_idle_of`` and ``app_has_factor`` are asked by ``app_enter``. What a page asks by itself (``attended`` false) is no sign of a person.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-27T08:20:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of passkeys, a firm's idle time-out"

WALLS = """
alter table core_passkey enable row level security;
alter table core_passkey force row level security;
create policy self on core_passkey using ("user" = app_user()) with check ("user" = app_user());
create policy by_credential on core_passkey for select using (credential = current_setting('app.token', true));
create policy colleagues on core_passkey for select using (
  app_staff() and exists (select 1 from core_membership m where m."user" = core_passkey."user" and m.firm = app_firm()));
create unique index core_passkey_credential on core_passkey (credential);
create index core_passkey_user on core_passkey ("user");
revoke update, truncate on core_passkey from zhangfang_app;
grant update (sign_count, used_at) on core_passkey to zhangfang_app;

alter table core_passkey_challenge enable row level security;
alter table core_passkey_challenge force row level security;
create policy by_token on core_passkey_challenge using (challenge_hash = current_setting('app.token', true))
  with check (challenge_hash = current_setting('app.token', true));
create policy forgotten on core_passkey_challenge using (app_operator() and expires_at < now()) with check (false);
revoke update, truncate on core_passkey_challenge from zhangfang_app;

create policy own on core_sign_in_rule for select using (exists (select 1 from core_membership m
  where m.firm = core_sign_in_rule.firm and m."user" = app_user() and m.active));
create unique index core_sign_in_rule_firm on core_sign_in_rule (firm);
alter table core_sign_in_rule add constraint core_sign_in_rule_idle check (idle_minutes between 15 and 10080);
"""

READ = """
create function app_has_factor(person bigint) returns boolean language sql stable as $$
  select coalesce((select x.totp_secret <> '' from core_user x where x.id = person), false)
    or exists (select from core_passkey p where p."user" = person)
$$;

create function app_idle_of(person bigint) returns interval language sql stable as $$
  select make_interval(mins => coalesce(min(r.idle_minutes), 7 * 24 * 60)) from core_membership m
    join core_sign_in_rule r on r.firm = m.firm where m."user" = person and m.active
$$;

drop function app_enter(text, bigint, bigint, boolean);
create function app_enter(given text, at_firm bigint, at_client bigint, at_operator boolean, attended boolean) returns table (
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
  if s.last_seen_at <= now() - app_idle_of(s."user") then
    perform set_config('app.user', '', true);
    return;
  end if;
  select x.* into u from core_user x where x.id = s."user";
  session := s.id; person := u.id; name := u.name; language := u.language; large_type := u.large_type;
  staff := false;
  operator := at_operator and u.is_operator;
  years := app_years_of(u.id);
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
        await build(firm_wall("core_sign_in_rule", staff_only=True), WALLS, READ)

    manager.add_raw(run)
    return manager
