from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T08:20:22:000000"
VERSION = "1.38.0"
DESCRIPTION = "Lines are held to their voucher, firm and client by one look at the statement that brings them"

# As in migration 15, with the firm looked at here too. Months of a client and kinds of vouchers are asked for once, not by the line.
LINES = """
create or replace function core_ledger_lines_law() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare found_here record;
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('ledger:' || client, 0))
        from (select distinct client from fresh order by client) c;
    with clients as materialized (
        select c.client, (select max(period) from core_period where client = c.client and closed_at is not null) as closed
        from (select distinct client from fresh) c
    ), judged as (
        select s.voucher, v.kind, case
            when v.posted_at is distinct from now() or v.state <> 'posted' then 'is not posted in this transaction'
            when v.firm <> s.firm or s.firm <> s.last_firm then 'is another firm''s'
            when v.client <> s.client or s.client <> s.last_client then 'is another client''s'
            when v.date <> s.date or s.date <> s.last_date
                or v.period <> date_part('year', v.date) * 100 + date_part('month', v.date) then 'has another date'
            when s.first <> s.voucher * 1000 + 1 or s.last <> s.voucher * 1000 + s.lines then 'has not all its lines at once'
            when s.debit <> s.credit or v.total <> s.debit then 'does not balance'
            when v.period <= p.closed or v.kind = 'opening' and p.closed is not null then 'is of a closed month'
            end as reason
        from (select voucher, min(id) as first, max(id) as last, count(*) as lines, sum(debit) as debit, sum(credit) as credit,
            min(firm) as firm, max(firm) as last_firm, min(client) as client, max(client) as last_client,
            min(date) as date, max(date) as last_date from fresh group by voucher) s
        left join lateral (select * from core_voucher where id = s.voucher limit 1) v on true
        left join clients p on p.client = s.client
    )
    select min(voucher) filter (where reason is not null) as wrong, min(voucher || ' ' || reason) as reason,
        array_agg(voucher) filter (where kind = 'opening') as openings, array_agg(voucher) filter (where kind = 'closing') as closings
        into found_here from judged;
    if found_here.wrong is not null then
        raise exception 'voucher %', found_here.reason using errcode = 'check_violation', constraint = 'core_ledger_law';
    end if;
    insert into core_balance as b (firm, client, period, account, debit, credit, closing_debit, closing_credit)
        select firm, client, case when is_opening then 0 else date_part('year', date) * 100 + date_part('month', date) end as period, account,
            sum(case when is_closing then 0 else debit end), sum(case when is_closing then 0 else credit end),
            sum(case when is_closing then debit else 0 end), sum(case when is_closing then credit else 0 end)
        from (select firm, client, account, date, coalesce(voucher = any (found_here.openings), false) as is_opening,
            coalesce(voucher = any (found_here.closings), false) as is_closing, sum(debit) as debit, sum(credit) as credit
            from fresh group by 1, 2, 3, 4, 5, 6) l
        group by 1, 2, 3, 4 order by 2, 3, 4
        on conflict (client, period, account) do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit,
            closing_debit = b.closing_debit + excluded.closing_debit, closing_credit = b.closing_credit + excluded.closing_credit;
    return null;
end $$;
"""

# What the law looks at by the statement, or what stands by the balance that each line is added to, need not be asked for line by line:
# the voucher (into_own_voucher and its key) and the account (the balance has the same key, and nobody may delete one).
BY_THE_LINE = """
drop policy into_own_voucher on core_voucher_line;
alter table core_voucher_line drop constraint core_voucher_line_voucher_same_firm;
alter table core_voucher_line drop constraint core_voucher_line_account_key;
"""

# Nearly no voucher reverses another: those that do are all that this index wants.
REVERSED_ONCE = """
drop index core_voucher_reversed_once;
create unique index core_voucher_reversed_once on core_voucher (firm, reverses) where reverses is not null and state <> 'discarded';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(LINES, BY_THE_LINE, REVERSED_ONCE)

    manager.add_raw(run)
    return manager
