from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T04:40:15:000000"
VERSION = "1.38.0"
DESCRIPTION = (
    "The database keeps the law of the books: what is posted balances in an open month, and balances follow lines alone"
)

# Lines of a voucher come all in one statement, numbered from 1, so that none is added later. Transition tables have no
# statistics: looked up row by row, the plan is right for two lines and for a hundred thousand. The month is read after the
# lock, which whoever closes it waits for.
LINES = """
create function core_ledger_lines_law() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare wrong record;
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('ledger:' || client, 0))
        from (select distinct client from fresh order by client) c;
    select * into wrong from (
        select s.voucher, case
            when v.posted_at is distinct from now() or v.state <> 'posted' then 'is not posted in this transaction'
            when v.client <> s.client or s.client <> s.last_client then 'is another client''s'
            when v.date <> s.date or s.date <> s.last_date
                or v.period <> extract(year from v.date) * 100 + extract(month from v.date) then 'has another date'
            when s.first <> s.voucher * 1000 + 1 or s.last <> s.voucher * 1000 + s.lines then 'has not all its lines at once'
            when s.debit <> s.credit or v.total <> s.debit then 'does not balance'
            when v.period <= p.closed or v.kind = 'opening' and p.closed is not null then 'is of a closed month'
            end as reason
        from (select voucher, min(id) as first, max(id) as last, count(*) as lines, sum(debit) as debit, sum(credit) as credit,
            min(client) as client, max(client) as last_client, min(date) as date, max(date) as last_date
            from fresh group by voucher) s
        left join lateral (select * from core_voucher where id = s.voucher limit 1) v on true
        left join lateral (select max(period) as closed from core_period where client = s.client and closed_at is not null) p on true
    ) r where reason is not null limit 1;
    if found then
        raise exception 'voucher % %', wrong.voucher, wrong.reason using errcode = 'check_violation', constraint = 'core_ledger_law';
    end if;
    insert into core_balance as b (firm, client, period, account, debit, credit, closing_debit, closing_credit)
        select l.firm, l.client, case v.kind when 'opening' then 0 else v.period end, l.account,
            sum(case v.kind when 'closing' then 0 else l.debit end), sum(case v.kind when 'closing' then 0 else l.credit end),
            sum(case v.kind when 'closing' then l.debit else 0 end), sum(case v.kind when 'closing' then l.credit else 0 end)
        from fresh l cross join lateral (select kind, period from core_voucher where id = l.voucher limit 1) v
        group by 1, 2, 3, 4 order by 2, 3, 4
        on conflict (client, period, account) do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit,
            closing_debit = b.closing_debit + excluded.closing_debit, closing_credit = b.closing_credit + excluded.closing_credit;
    return null;
end $$;
create trigger core_ledger_lines_law after insert on core_voucher_line referencing new table as fresh
    for each statement execute function core_ledger_lines_law();
revoke insert, update on core_balance from zhangfang_app;
"""

DETAILS = """
create function core_ledger_details_law() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
    insert into core_dimension_balance as b (firm, client, period, account, item, debit, credit, quantity)
        select d.firm, d.client, case v.kind when 'opening' then 0 else v.period end, l.account, i.value::bigint,
            sum(l.debit), sum(l.credit), sum(coalesce(case l.debit when 0 then -d.quantity else d.quantity end, 0))
        from fresh d cross join lateral jsonb_each_text(d.items) i
        cross join lateral (select * from core_voucher_line where id = d.id limit 1) l
        cross join lateral (select kind, period from core_voucher where id = l.voucher limit 1) v
        group by 1, 2, 3, 4, 5 order by 2, 4, 5, 3
        on conflict (client, account, item, period) do update set debit = b.debit + excluded.debit,
            credit = b.credit + excluded.credit, quantity = b.quantity + excluded.quantity;
    return null;
end $$;
create trigger core_ledger_details_law after insert on core_line_detail referencing new table as fresh
    for each statement execute function core_ledger_details_law();
revoke insert, update on core_dimension_balance from zhangfang_app;
"""

# At the commit, since an import writes vouchers before their lines.
NOT_EMPTY = """
create function core_ledger_voucher_law() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from core_voucher_line where id = new.id * 1000 + 1) then
        raise exception 'voucher % is posted without lines', new.id using errcode = 'check_violation', constraint = 'core_ledger_law';
    end if;
    return null;
end $$;
create constraint trigger core_ledger_new_voucher_law after insert on core_voucher deferrable initially deferred
    for each row when (new.state = 'posted') execute function core_ledger_voucher_law();
create constraint trigger core_ledger_posted_voucher_law after update on core_voucher deferrable initially deferred
    for each row when (new.state = 'posted' and old.state <> 'posted') execute function core_ledger_voucher_law();
"""

# Whoever closes a month waits for the postings that are under way, also where no service asks for it.
CLOSING = """
create function core_ledger_closing_law() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('ledger:' || new.client, 0));
    return new;
end $$;
create trigger core_ledger_closing_law before insert or update on core_period
    for each row execute function core_ledger_closing_law();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(LINES, DETAILS, NOT_EMPTY, CLOSING)

    manager.add_raw(run)
    return manager
