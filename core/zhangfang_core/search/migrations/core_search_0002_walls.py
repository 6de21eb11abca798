"""The walls of the index, its tokens, and the one function that searches it.

``core_search_grams`` takes folded text apart: each character, each pair that stands together, and each three of ASCII (pairs of digits
alone are too common to find a number or a date by). ``core_search_tokens`` adds the firm, the client, the kind, the owner and the year; the
index is over this function, so that no application can write a row under another's token.

``core_search`` belongs to a role that nobody signs in as and that may read this table and nothing else. It goes back year by year: the
latest of a year (1,500 of the first one, then 500) answer common words, tokens the others. Whatever gave a row, it is compared again.
``core_search_wanted`` gives the tokens to ask for: the longest ones, without those within them, and no more than six, since each costs a
step for every row that the rarest one has.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall, firm_wall

ID = "2026-11-26T17:55:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls, tokens and the function of the search index"

ROLE = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'zhangfang_search') or not pg_has_role('zhangfang_search', 'set') then
    raise exception 'the role zhangfang_search is missing: as an administrator, run "create role zhangfang_search nologin; '
      'grant zhangfang_search to zhangfang_owner with inherit false, set true" (docs/operating.md)';
  end if;
end $$;
"""

TOKENS = """
create function core_search_grams(folded text) returns text[] language plpgsql immutable strict parallel safe cost 5000 as $$
declare
  made text[] := '{}';
  earlier text := ' ';
  before text := ' ';
  here text;
begin
  foreach here in array string_to_array(folded, null) loop
    if here > ' ' then
      made := made || here;
      if before > ' ' then
        made := made || (before || here);
        if earlier || before || here ~ '^[!-~]{3}$' then made := made || (earlier || before || here); end if;
      end if;
    end if;
    earlier := before;
    before := here;
  end loop;
  return made;
end $$;

-- Folded text has no control characters: no gram is one of the tokens that begin with one.
create function core_search_tokens(firm bigint, client bigint, kind text, owner bigint, day date, folded text) returns text[]
language sql immutable parallel safe cost 10000 as $$
  select array[E'\x01f' || firm, E'\x01c' || client, E'\x01k' || kind, E'\x01o' || coalesce(owner, 0), E'\x01y' || extract(year from day)]
    || public.core_search_grams(folded)
$$;
"""

INDEXES = """
create unique index core_search_item_thing on core_search_item (firm, kind, object);
create index core_search_item_latest on core_search_item (firm, day desc, id desc);
create index core_search_item_latest_of_client on core_search_item (firm, client, day desc, id desc);
create index core_search_item_tokens on core_search_item using gin (core_search_tokens(firm, client, kind, owner, day, folded))
  with (fastupdate = off);
create unique index core_search_kind_once on core_search_kind (firm, kind);
"""

FUNCTION = """
create function core_search_wanted(word text) returns text[] language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp as $$
declare
  most constant integer := 6;
  made text[] := '{}';
  size integer := length(word);
begin
  if size = 1 then return array[word]; end if;
  for n in 1 .. size - 1 loop
    if substr(word, n, 3) ~ '^[!-~]{3}$' then
      made := made || substr(word, n, 3);
    elsif n = 1 or substr(word, n - 1, 3) !~ '^[!-~]{3}$' then
      made := made || substr(word, n, 2);
    end if;
  end loop;
  size := cardinality(made);
  if size <= most then return made; end if;
  return array(select made[1 + (n * (size - 1)) / (most - 1)] from generate_series(0, most - 1) n);
end $$;

create function core_search(words text[], whole_kinds text[], own_kinds text[], of_client bigint, in_year integer,
  before_day date, before_id bigint, most integer)
returns setof bigint language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set jit = off set enable_seqscan = off set max_parallel_workers_per_gather = 0
set random_page_cost = 1.1 set work_mem = '64MB'
as $$
declare
  firm constant bigint := nullif(current_setting('app.firm', true), '')::bigint;
  allowed constant text := nullif(current_setting('app.clients', true), '');
  me constant bigint := nullif(current_setting('app.user', true), '')::bigint;
  clients bigint[];
  kinds text[] := coalesce(whole_kinds, '{}') || coalesce(own_kinds, '{}');
  of_one text := '';
  fitting text;
  latest text;
  by_tokens text;
  year_before text;
  wanted text[];
  found bigint[] := '{}';
  part bigint[];
  is_whole boolean;
  year integer;
  probed integer := 1500;
  until date;
begin
  if firm is null or allowed is null then
    raise exception 'core_search: no firm or no clients in scope' using errcode = 'insufficient_privilege';
  end if;
  if coalesce(cardinality(words), 0) not between 1 and 16 or '' = any (words) or array_position(words, null) is not null
      or coalesce(most, 0) not between 1 and 200 then
    raise exception 'core_search: no words, too many, or no limit' using errcode = 'invalid_parameter_value';
  end if;
  if allowed <> '*' then clients := allowed::bigint[]; end if;
  if of_client is not null then
    clients := case when clients is null or of_client = any (clients) then array[of_client] else '{}' end;
  end if;
  if clients = '{}' then return; end if;

  -- Statements are made of constants; every value is a parameter. A year is asked from its first day ($11) to before $12.
  if cardinality(clients) = 1 then of_one := ' and i.client = ($9)[1]'; end if;
  fitting := ' and (i.kind = any ($2) or (i.kind = any ($3) and i.owner = $4))'
    || case when clients is null then '' else ' and i.client = any ($9)' end;
  for n in 1 .. cardinality(words) loop
    fitting := fitting || ' and strpos(i.folded, ($5)[' || n || ']) > 0';
  end loop;
  latest := 'with i as materialized (select * from public.core_search_item i where i.firm = $1' || of_one
    || ' and i.day >= $11 and i.day < $12' || case when before_day is null then '' else ' and (i.day, i.id) < ($7, $8)' end
    || ' order by i.day desc, i.id desc limit $13)
    select array(select i.id from i where true' || fitting || ' order by i.day desc, i.id desc limit $10), (select count(*) from i) < $13';
  -- "+ 0" keeps the order of days out of it: these rows come from the tokens, and are compared all the same.
  by_tokens := 'with i as materialized (select i.id, i.day from public.core_search_item i where i.firm + 0 = $1
      and public.core_search_tokens(i.firm, i.client, i.kind, i.owner, i.day, i.folded) @> $6'
    || case when cardinality(kinds) > 2 then '' else '
      and public.core_search_tokens(i.firm, i.client, i.kind, i.owner, i.day, i.folded) && $13' end
    || case when clients is null then '' else '
      and public.core_search_tokens(i.firm, i.client, i.kind, i.owner, i.day, i.folded) && $14' end
    || ' and i.day + 0 >= $11 and i.day + 0 < $12'
    || case when before_day is null then '' else ' and (i.day + 0, i.id) < ($7, $8)' end || replace(fitting, 'i.client', 'i.client + 0') || ')
    select array(select i.id from i order by i.day desc, i.id desc limit $10)';
  year_before := 'select extract(year from i.day) from public.core_search_item i where i.firm = $1'
    || replace(of_one, '$9', '$3') || ' and i.day < $2 order by i.day desc limit 1';

  select array_agg(distinct t) into wanted from unnest(words) w, unnest(public.core_search_wanted(w)) t;
  wanted := wanted || (E'\\x01f' || firm);
  until := least(before_day + 1, make_date(in_year + 1, 1, 1), 'infinity');
  loop
    execute year_before into year using firm, until, clients;
    exit when year is null or year < in_year;
    execute latest into part, is_whole using firm, whole_kinds, own_kinds, me, words, wanted, before_day, before_id, clients,
      most - cardinality(found), make_date(year, 1, 1), until, probed;
    if not is_whole and cardinality(part) < most - cardinality(found) then
      execute by_tokens into part using firm, whole_kinds, own_kinds, me, words, wanted || (E'\\x01y' || year), before_day, before_id,
        clients, most - cardinality(found), make_date(year, 1, 1), until, array(select E'\\x01k' || k from unnest(kinds) k),
        array(select E'\\x01c' || c from unnest(clients) c);
    end if;
    found := found || part;
    exit when cardinality(found) >= most;
    until := make_date(year, 1, 1);
    probed := 500;
  end loop;
  return query select unnest(found);
end $$;
"""

RIGHTS = """
create policy searching on core_search_item for select to zhangfang_search using (true);
grant select on core_search_item to zhangfang_search;
revoke execute on function core_search(text[], text[], text[], bigint, integer, date, bigint, integer) from public;
grant execute on function core_search(text[], text[], text[], bigint, integer, date, bigint, integer) to zhangfang_app;
grant create on schema public to zhangfang_search;
alter function core_search(text[], text[], text[], bigint, integer, date, bigint, integer) owner to zhangfang_search;
revoke create on schema public from zhangfang_search;
revoke truncate on core_search_item, core_search_kind from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_search", description=DESCRIPTION)

    async def run() -> None:
        walls = (client_wall("core_search_item"), firm_wall("core_search_kind"))
        await build(ROLE, *walls, TOKENS, INDEXES, FUNCTION, RIGHTS)

    manager.add_raw(run)
    return manager
