-- What every table's wall reads. Run by the owner at each migration; safe to run again.
alter default privileges grant select, insert, update, delete on tables to zhangfang_app;
alter default privileges grant usage, select on sequences to zhangfang_app;
alter default privileges grant execute on functions to zhangfang_app;

create or replace function app_firm() returns bigint language sql stable parallel safe as
$$ select nullif(current_setting('app.firm', true), '')::bigint $$;

create or replace function app_user() returns bigint language sql stable parallel safe as
$$ select nullif(current_setting('app.user', true), '')::bigint $$;

create or replace function app_staff() returns boolean language sql stable parallel safe as
$$ select coalesce(current_setting('app.staff', true), '') = 'on' $$;

create or replace function app_operator() returns boolean language sql stable parallel safe as
$$ select coalesce(current_setting('app.operator', true), '') = 'on' $$;

-- '*' stands for all clients of the firm, '{}' and nothing for none. Asked of every row that is read: the setting is looked up once where all may be seen.
create or replace function app_client_ok(client bigint) returns boolean language sql stable parallel safe as
$$ select case current_setting('app.clients', true)
     when '*' then true
     else coalesce(client = any (nullif(nullif(current_setting('app.clients', true), ''), '*')::bigint[]), false) end $$;
