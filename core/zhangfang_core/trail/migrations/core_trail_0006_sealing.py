from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T04:50:06:000000"
VERSION = "1.38.0"
DESCRIPTION = "Blocks are made by the database alone: the application asks for a sealing, and writes none itself"

# The same bytes as ``Block.hash_over`` in trail/audit.py, which verifies. Behind the walls: it runs as the owner, whom FORCE binds.
SEALING = """
create function core_audit_instant(moment timestamptz) returns text language sql stable as
$$ select to_json(to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'))::text $$;

create function core_audit_seal(trail bigint, most_entries int, most_blocks int) returns int language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
    sealed timestamptz;
    head core_audit_block;
    block record;
    total int := 0;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('zhangfang.audit:' || trail, 0)) then
        return null;
    end if;
    sealed := clock_timestamp();
    select * into head from core_audit_block where firm = trail order by number desc limit 1;
    if not found then
        head.number := 0;
        head.last := 0;
        head.hash := repeat('0', 64);
    end if;
    for turn in 1 .. most_blocks loop
        select min(e.id) as first, max(e.id) as last, count(*)::int as entries, string_agg(concat('{"action":', to_json(e.action),
            ',"address":', to_json(e.address), ',"after":', coalesce(to_json(e.after::text)::text, 'null'),
            ',"at":', core_audit_instant(e.at), ',"before":', coalesce(to_json(e.before::text)::text, 'null'),
            ',"client":', coalesce(e.client::text, 'null'), ',"id":', e.id, ',"subject":', to_json(e.subject),
            ',"user":', coalesce(e."user"::text, 'null'), ',"user_name":', to_json(e.user_name), E'}\\n'), '' order by e.id) as lines
            into block from (select * from core_audit_entry where firm = trail and id > head.last order by id
            limit least(most_entries, 1000)) e;
        exit when block.entries = 0;
        insert into core_audit_block (firm, number, first, last, entries, previous_hash, hash, sealed_at)
            values (trail, head.number + 1, block.first, block.last, block.entries, head.hash, encode(sha256(convert_to(concat(
            '{"entries":', block.entries, ',"first":', block.first, ',"last":', block.last, ',"number":', head.number + 1,
            ',"previous_hash":"', head.hash, '","sealed_at":', core_audit_instant(sealed), ',"trail":', trail, E'}\\n', block.lines),
            'UTF8')), 'hex'), sealed) returning * into head;
        total := total + block.entries;
        exit when block.entries < most_entries;
    end loop;
    return total;
end $$;
revoke insert on core_audit_block from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_trail", description=DESCRIPTION)

    async def run() -> None:
        await build(SEALING)

    manager.add_raw(run)
    return manager
