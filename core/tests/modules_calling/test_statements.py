"""PLAT-6: a plugin's own SQL, as a parser reads it: own tables, and what the SDK names of key tables; all else is refused."""

import pytest
from piccolo.columns import BigSerial, ForeignKey, Integer, Text
from piccolo.query import Query
from piccolo.query.functions import Lower
from piccolo.query.functions.aggregate import Count, Sum
from piccolo.table import Table

from zhangfang_core.database.plain_functions import NOT_FIXED, PLAIN_FUNCTIONS
from zhangfang_core.database.statements import check_statement, tables_of
from zhangfang_core.testing.databases import TestServer
from zhangfang_sdk.acting import Acting, NotDeclared
from zhangfang_sdk.references import ClientKey

GREEDY = Acting("greedy", "外来模块", frozenset())


@pytest.fixture(autouse=True)
def plugins() -> None:
    tables_of("greedy")
    tables_of("collab")


class GreedyThing(Table, tablename="greedy_thing"):
    id = BigSerial(primary_key=True)
    client = ForeignKey(ClientKey)
    title = Text()
    amount = Integer()


OTHERS_TABLES = [
    'select "core_session"."id" from "core_session"',
    "select * from greedy_thing, core_session",
    "select * from greedy_thing t join core_user u on true join core_session s on true",
    "with x as (select * from core_session) select * from x",
    "with core_session as (select 1) select 1 from (select 1) t, core_session",
    "select * from collab_task",
    "select count(*) from/**/collab_task",
    "select count(*) from/* /* nested */ */core_session",
    'select count(*) from"core_session"',
    'select count(*) from "public"."core_session"',
    "select count(*) from public . core_session",
    "select count(*) from pg_catalog.pg_class",
    r'select count(*) from U&"core\005fsession"',
    "select count(*) from (core_session s cross join core_firm f)",
    "select count(*) from generate_series(1,1) g, core_session",
    "select 1 -- \r from core_session",
    "select 1 from\fcore_session",
    "select 1 from\vcore_session",
    "select array(table core_session)",
    "select exists (table core_session)",
    "table core_session",
    "select * from core_session for update",
    "select * from pg_roles",
    "select setting from information_schema.tables",
    "select count(*) from unknown_table",
    "select U&'x' || 'from core_session'",
    r"select E'\' ' from core_session --'",
    "select $a$ from $a$, 1 from core_session",
    "insert into greedy_thing (title) select token_hash from core_session",
]
WRITES = [
    "update core_client set name = 'x'",
    "update only core_client set name = name where false",
    "insert into core_voucher (id) values (1)",
    "insert into greedy_thing (id) values (1) on conflict (id) do update set title = (select token_hash from core_session)",
    "delete from greedy_thing using core_membership",
    "with x as (update core_client set name = 'x' returning id) select count(*) from x",
    "with x as (delete from core_client where false returning id) select count(*) from x",
    "with x as (insert into core_client (id) values (1) returning id) select id from x",
    "merge into core_client c using greedy_thing t on false when matched then do nothing",
    "select id from core_client for update",
]
COMMANDS = [
    *("commit", "/**/commit", "rollback", "reset role", "set local app.firm = '1'", "set app.clients to '*'", "set role x"),
    *("truncate table core_document", "truncate greedy_thing", "lock table core_session", "lock greedy_thing"),
    *("copy core_session to stdout", "copy greedy_thing to '/tmp/x'", "prepare p as select 1", "execute p", "listen x"),
    *("notify x", "notify x, 'y'", "do $$ begin end $$", "call x()", "vacuum", "explain select 1", "show app.firm", ""),
    "alter table core_session disable row level security",
    "create view greedy_view as select 1 as x",
    "create temp table greedy_temp as select 1 as x",
    "select * into greedy_other from greedy_thing",
    "select 1; select 2",
]
FUNCTIONS = [
    "select set_config('app.firm', '2', true)",
    "select pg_catalog.set_config('app.firm', '2', true)",
    """select "set_config"('app.firm', '1', true)""",
    r"""select U&"set\005fconfig"('app.firm', '1', true)""",
    "select current_setting('app.firm')",
    "select query_to_xml('select count(*) fr'||'om core_session', true, false, '')",
    "select table_to_xml('core_session', true, false, '')",
    "select * from ts_stat('select 1')",
    "select ts_rewrite('a'::tsquery, 'select 1, 2')",
    "select pg_sleep(5)",
    "select pg_notify('x', 'y')",
    "select pg_advisory_lock(1)",
    "select lo_creat(-1)",
    "select nextval('core_client_id_seq')",
    "select setval('core_client_id_seq', 1)",
    "select app_firm()",
    "select core_search(array['x'], array['core.vouchers'], '{}', null, null, null, null, 20)",
    "select * from app_enter('', '', '', '')",
    "select 1 from greedy_thing where app_firm() = 1",
    "select 1 from greedy_thing order by pg_sleep(1)",
]
KEY_TABLES = [
    "select id, books_start from core_client",
    "select * from core_client",
    "select c.* from core_client c",
    "select c from core_client c",
    "select c::text from core_client c",
    "select row_to_json(c) from core_client c",
    "select to_jsonb(core_client) from core_client",
    "select (c).tax_id from core_client c",
    "select c.tax_id from greedy_thing t join core_client c on c.id = t.client",
    "select t.id from greedy_thing t join core_client c on c.tax_id = t.title",
    "select (select tax_id) from core_client",
    "select id from greedy_thing where exists (select 1 from core_client where tax_id = '1')",
    "select x.a from core_client x(a, b, c)",
    "select t.id from greedy_thing t join core_client using (tax_id)",
    "select t.id from greedy_thing t natural join core_client",
    "select name from core_client order by tax_id",
    "update greedy_thing set title = c.tax_id from core_client c where c.id = client",
    "update greedy_thing t set title = 'x' from core_client c where c.id = t.client returning *",
    "select public.core_client.tax_id from core_client",
    "select password_hash from core_user",
]


@pytest.mark.parametrize("sql", [*OTHERS_TABLES, *WRITES, *COMMANDS, *FUNCTIONS, *KEY_TABLES])
def test_what_is_not_its_own_is_refused(sql: str) -> None:
    with pytest.raises(NotDeclared):
        check_statement(GREEDY, sql)


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "greedy_thing"."id" FROM "greedy_thing" LEFT JOIN "core_client" "greedy_thing$client" ON true',
        "insert into greedy_thing (id) values (1)",
        "insert into greedy_thing (id, title) values ($1,$2) on conflict (id) do update set title = excluded.title returning id",
        "insert into greedy_thing (client, title) select c.id, c.name from core_client c",
        "update greedy_thing set title = c.name from core_client c where c.id = greedy_thing.client",
        "delete from greedy_thing where id = any($1::bigint[])",
        "select id, name from core_client order by name limit $1",
        "select count(*) from core_client",
        "select c.id, count(*) as many from core_client c join greedy_thing t on t.client = c.id group by c.id order by many",
        "select t.*, c.name from greedy_thing t join public.core_client c on c.id = t.client",
        "select * from (select id, name from core_client) c",
        "select extract(epoch from created_at) from greedy_thing",
        "select date_trunc('month', day) as month, sum(amount) filter (where amount > 0) from greedy_thing group by 1",
        "select row_number() over (partition by client order by id) from greedy_thing",
        "select a ->> 'b', a @> $1, title ilike $2, title % $3 from greedy_thing where title is distinct from 'x'",
        "select * from greedy_thing for update skip locked",
        "select t.id from greedy_thing t join core_client c on c.id = t.client for update of t",
        "select * from greedy_thing, lateral (select 1) b, unnest($1::int[]) with ordinality u(a, n)",
        "with x as (select 1 as one), greedy_part as (select 2) select * from x, greedy_part",
        "with x as (delete from greedy_thing returning *) select * from x",
        "select 'from core_session', \"a{b}\" from greedy_thing -- core_session",
        "values (1, 2)",
        "select pg_advisory_xact_lock(hashtextextended('greedy:' || $1, 0))",
    ],
)
def test_statements_on_own_and_key_tables_pass(sql: str) -> None:
    check_statement(GREEDY, sql)


QUERIES: list[Query] = [  # type: ignore[type-arg]
    GreedyThing.select(GreedyThing.id, GreedyThing.client.name).where(GreedyThing.client.name.ilike("%x%")),
    GreedyThing.select(Count(), Sum(GreedyThing.amount)).group_by(GreedyThing.client),
    GreedyThing.select(Lower(GreedyThing.title)).where(GreedyThing.id.is_in([1, 2, 3])),
    GreedyThing.select().where(GreedyThing.client.is_in(ClientKey.select(ClientKey.id))).order_by(GreedyThing.id).limit(3),
    GreedyThing.objects(GreedyThing.client),
    GreedyThing.count(),
    GreedyThing.exists().where(GreedyThing.title == "x"),
    GreedyThing.insert(GreedyThing(title="x"), GreedyThing(title="y")),
    GreedyThing.insert(GreedyThing(title="x")).on_conflict(target=GreedyThing.id, action="DO UPDATE", values=[GreedyThing.title]),
    GreedyThing.update({GreedyThing.amount: GreedyThing.amount + 1}).where(GreedyThing.id == 1),
    GreedyThing.delete().where(GreedyThing.id == 1),
    ClientKey.select(ClientKey.name),
    ClientKey.select(),
    ClientKey.objects(),
    ClientKey.count(),
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_what_piccolo_writes_passes(query: Query) -> None:  # type: ignore[type-arg]
    for querystring in query.querystrings:
        check_statement(GREEDY, querystring.compile_string()[0])


async def test_plain_functions_compute_from_what_they_are_given(test_server: TestServer) -> None:
    """As the catalogue tells: none writes ("v" may), none reads settings but for the language and the time zone ("s")."""
    import asyncpg

    database = await asyncpg.connect(test_server.superuser("postgres"))
    try:
        rows = await database.fetch(
            """select proname, min(provolatile::text) as least, max(provolatile::text) as most from pg_proc p
            join pg_namespace n on n.oid = pronamespace where nspname = 'pg_catalog' and proname = any($1) group by 1""",
            list(PLAIN_FUNCTIONS),
        )
    finally:
        await database.close()
    assert {row["proname"] for row in rows if row["most"] == "v"} <= NOT_FIXED
    syntax = {"coalesce", "greatest", "least", "nullif", "grouping", "extract", "normalize", "position", "substring", "trim", "overlay"}
    extensions = {"unaccent", "similarity", "word_similarity", "strict_word_similarity"}
    assert PLAIN_FUNCTIONS - {row["proname"] for row in rows} <= syntax | extensions
