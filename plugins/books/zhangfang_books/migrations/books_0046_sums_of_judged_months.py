from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build, client_wall

ID = "2026-11-27T16:20:46:000000"
VERSION = "1.38.0"
DESCRIPTION = "Judged months follow the judged cash in the statement that changes it, behind their wall"

SUMS = """
create unique index books_judged_month_once on books_judged_month (client, rules, period, line);
insert into books_judged_month (firm, client, rules, period, line, amount, vouchers, flows)
    select firm, client, rules, period, line, sum(amount), count(*) filter (where place = 0), count(*) filter (where place > 0)
    from books_judged_cash group by 1, 2, 3, 4, 5;
"""

# Rows in one order, so that two statements never wait for each other in a circle.
FOLLOWING = """
create function books_judged_added() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    insert into books_judged_month as m (firm, client, rules, period, line, amount, vouchers, flows)
        select firm, client, rules, period, line, sum(amount), count(*) filter (where place = 0), count(*) filter (where place > 0)
        from added group by 1, 2, 3, 4, 5 order by 2, 3, 4, 5
        on conflict (client, rules, period, line) do update set amount = m.amount + excluded.amount,
            vouchers = m.vouchers + excluded.vouchers, flows = m.flows + excluded.flows;
    return null;
end $$;
create function books_judged_gone() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    insert into books_judged_month as m (firm, client, rules, period, line, amount, vouchers, flows)
        select firm, client, rules, period, line, -sum(amount), -count(*) filter (where place = 0), -count(*) filter (where place > 0)
        from gone group by 1, 2, 3, 4, 5 order by 2, 3, 4, 5
        on conflict (client, rules, period, line) do update set amount = m.amount + excluded.amount,
            vouchers = m.vouchers + excluded.vouchers, flows = m.flows + excluded.flows;
    return null;
end $$;
create trigger books_judged_added after insert on books_judged_cash referencing new table as added
    for each statement execute function books_judged_added();
create trigger books_judged_moved_to after update on books_judged_cash referencing new table as added
    for each statement execute function books_judged_added();
create trigger books_judged_moved_from after update on books_judged_cash referencing old table as gone
    for each statement execute function books_judged_gone();
create trigger books_judged_gone after delete on books_judged_cash referencing old table as gone
    for each statement execute function books_judged_gone();
"""

# Of the judged cash only what stands on no line is read row by row; what was judged by other rules goes.
INDEXES = """
drop index books_judged_cash_by_month;
create index books_judged_cash_of_client on books_judged_cash (client, rules);
create index books_judged_cash_on_no_line on books_judged_cash (client, rules, period) where line = 0 and place > 0;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(beyond_walls(SUMS, "books_judged_cash"), FOLLOWING, INDEXES, client_wall("books_judged_month"))

    manager.add_raw(run)
    return manager
