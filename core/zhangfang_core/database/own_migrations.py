"""A plugin's migrations run as the owner of everything: afterwards all that is not its own has the shape that it had, or nothing of them stays."""

from collections.abc import Collection, Mapping
from typing import Any

import asyncpg
from piccolo.conf.apps import AppConfig

from zhangfang_core.database.migration_files import MigrationError, recorded, run_migrations, still_to_run

_NAMED = 5
_SHAPES = """
select c.relname::text as name, md5(concat_ws('|', c.oid, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relacl,
  (select string_agg(concat_ws(',', attnum, attname, atttypid, atttypmod, attnotnull, attisdropped, attgenerated, attacl,
      pg_get_expr(adbin, adrelid)), ';' order by attnum)
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = c.oid and attnum > 0),
  (select string_agg(concat_ws(',', polname, polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid),
      pg_get_expr(polwithcheck, polrelid)), ';' order by polname) from pg_policy where polrelid = c.oid),
  (select string_agg(concat_ws(',', conname, pg_get_constraintdef(oid)), ';' order by conname) from pg_constraint where conrelid = c.oid),
  (select string_agg(concat_ws(',', tgenabled, pg_get_triggerdef(oid)), ';' order by tgname)
    from pg_trigger where tgrelid = c.oid and not tgisinternal),
  (select string_agg(ev_class || pg_get_ruledef(oid), ';' order by rulename) from pg_rewrite where ev_class = c.oid),
  (select string_agg(pg_get_indexdef(indexrelid), ';' order by indexrelid) from pg_index where indrelid = c.oid))) as shape
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
union all
select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
  md5(concat_ws('|', p.oid, p.proowner, p.prolang, p.prosecdef, p.provolatile, p.proacl, p.proconfig, p.prosrc, pg_get_function_result(p.oid)))
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'"""
"""Tables and views with columns, rights, walls, constraints, triggers and indexes; functions. The triggers that a foreign key puts on the
table it names are not among them."""


async def run_own_migrations(connection: "asyncpg.Connection[Any]", app: AppConfig, only: Collection[str] | None = None) -> None:
    """As :func:`run_migrations`, for a plugin; ``connection`` is the one of the transaction in force.

    Raises MigrationError, too, when tables or functions of others are not as they were, or new ones do not begin with the plugin's id: what
    their rows say is not looked at.
    """
    if not still_to_run(app, await recorded(connection)):
        return
    before = await _shapes_of_others(connection, app.app_name)
    await run_migrations(app, only)
    after = await _shapes_of_others(connection, app.app_name)
    if touched := sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)):
        more = f" 等 {len(touched)} 项" if len(touched) > _NAMED else ""
        raise MigrationError(f"它的迁移动了不是它自己的数据表或函数,已全部撤销: {'、'.join(touched[:_NAMED])}{more}")


async def _shapes_of_others(connection: "asyncpg.Connection[Any]", plugin: str) -> Mapping[str, str]:
    known = {plugin, *(await recorded(connection)).keys()}
    rows = await connection.fetch(_SHAPES)
    return {row["name"]: row["shape"] for row in rows if not _is_of(row["name"], plugin, known)}


def _is_of(name: str, plugin: str, known: Collection[str]) -> bool:
    """Of two ids that begin alike the longer one has it."""
    return max((id_ for id_ in known if name.startswith(f"{id_}_")), key=len, default="") == plugin
