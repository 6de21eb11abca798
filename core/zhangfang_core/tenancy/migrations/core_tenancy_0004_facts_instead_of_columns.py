"""The walls of the facts, and the two columns of a client that facts tell from now on.

``app_client_fact`` gives the text of a kind without parts as it holds on a day; before the first one holds, the first.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T15:40:04:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls of facts; kind of taxpayer and industry become facts"

RULES = """
create unique index core_client_fact_once on core_client_fact (firm, client, kind, part, valid_from) where standing = 'in_force';
create index core_client_fact_waiting on core_client_fact (firm, client)
  where standing = 'proposed' or (standing = 'in_force' and objection <> '');
alter table core_client_fact add constraint core_client_fact_standing check (standing in ('proposed', 'in_force', 'withdrawn'));
revoke update, delete, truncate on core_client_fact from zhangfang_app;
grant update (standing, decided_at, decided_by_name, reason, confirmed_at, confirmed_by_name, objection, objected_at, objected_by_name)
  on core_client_fact to zhangfang_app;
"""

HOLDING = """
create function app_client_fact(of_client bigint, of_kind varchar, on_day date) returns text language sql stable as $$
  select f.value #>> '{}' from core_client_fact f
  where f.firm = app_firm() and f.client = of_client and f.kind = of_kind and f.part = '' and f.standing = 'in_force'
  order by f.valid_from <= on_day desc, abs(f.valid_from - on_day) limit 1
$$;
"""

MOVE = """
alter table core_client no force row level security;
alter table core_client_fact no force row level security;
insert into core_client_fact (firm, client, kind, part, value, valid_from, source, standing, entered_at, entered_by_name,
    decided_by_name, reason, confirmed_by_name, objection, objected_by_name)
  select c.firm, c.id, k.kind, '', to_jsonb(k.value), c.books_start, 'typed', 'in_force', c.created_at, '系统', '', '', '', '', ''
  from core_client c cross join lateral (values ('taxpayer_kind', c.taxpayer_kind), ('industry', c.industry)) k (kind, value)
  order by c.id, k.kind;
alter table core_client force row level security;
alter table core_client_fact force row level security;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_tenancy", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("core_client_fact"), RULES, HOLDING, MOVE)

    manager.add_raw(run)
    for column in ("taxpayer_kind", "industry"):
        manager.drop_column(table_class_name="Client", tablename="core_client", column_name=column, db_column_name=column)
    return manager
