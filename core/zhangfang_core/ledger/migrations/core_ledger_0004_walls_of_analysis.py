from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-24T02:10:48:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls and keys of dimensions, open items, assets and templates; what is beside a posted line stays as it is"

# As with lines, rows are many: no keys but those that keep them true.
SLIM_WALL = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy wall on {table} using (firm = app_firm() and app_client_ok(client))
    with check (firm = app_firm() and app_client_ok(client));
alter table {table} drop constraint {table}_client_fkey;
"""

# A row beside a line comes into being in the transaction that posts its voucher; ``id`` is voucher * 1000 + place.
WITH_ITS_LINE = """
create policy with_its_line on {table} as restrictive for insert with check (exists (
    select from core_voucher v where v.id = {table}.id / 1000 and v.client = {table}.client and v.posted_at = now()));
create policy never_go on {table} as restrictive for delete using (false);
"""

KEYS = """
alter table core_dimension_balance alter column account type varchar(20) collate "C";
alter table core_open_item alter column account type varchar(20) collate "C";
alter table core_dimension_item add constraint core_dimension_item_code_key unique (client, kind, code);
alter table core_dimension_item add constraint core_dimension_item_name_key unique (client, kind, name);
alter table core_dimension_balance add constraint core_dimension_balance_key unique (client, account, item, period);
alter table core_dimension_balance set (fillfactor = 80);
alter table core_dimension_balance add constraint core_dimension_balance_client_same_firm
    foreign key (firm, client) references core_client (firm, id);
alter table core_dimension_balance add constraint core_dimension_balance_item_same_firm
    foreign key (firm, item) references core_dimension_item (firm, id);
alter table core_open_item add constraint core_open_item_within check (
    amount > 0 and open between 0 and amount or amount < 0 and open between amount and 0);
create index core_open_item_open on core_open_item (client, account) where open <> 0;
alter table core_settlement add constraint core_settlement_amount check (amount > 0);
create index core_settlement_debit on core_settlement (client, debit_item);
create index core_settlement_credit on core_settlement (client, credit_item);
create index core_voucher_template_client on core_voucher_template (client);
create index core_fixed_asset_client on core_fixed_asset (client);

revoke update, delete, truncate on core_line_detail from zhangfang_app;
revoke update, delete, truncate on core_open_item from zhangfang_app;
grant update (open) on core_open_item to zhangfang_app;
revoke update, delete, truncate on core_settlement from zhangfang_app;
grant update (undone_at) on core_settlement to zhangfang_app;
create policy undone_once on core_settlement as restrictive for update using (undone_at is null) with check (true);
create policy of_one_account on core_settlement as restrictive for insert with check (exists (
    select from core_open_item d join core_open_item c on c.client = d.client and c.account = d.account
    where d.id = debit_item and c.id = credit_item and d.client = core_settlement.client and d.amount > 0 and c.amount < 0));
"""

# Books kept so far: receivables and payables get their open items, of which none is settled yet. The owner's own walls stand aside
# for the length of this transaction.
BACKFILL = """
alter table core_account no force row level security;
alter table core_voucher_line no force row level security;
alter table core_open_item no force row level security;
alter table core_open_item disable row level security;
update core_account set open_items = true, dimensions = case when code ~ '^(1122|2203)' then 'customer' else 'supplier' end
    where code ~ '^(1122|2203|2202|1123)';
insert into core_open_item (id, firm, client, account, date, due, item, amount, open)
    select l.id, l.firm, l.client, l.account, l.date, null, null, l.debit - l.credit, l.debit - l.credit
    from core_voucher_line l join core_account a on a.client = l.client and a.code = l.account and a.open_items;
alter table core_open_item enable row level security;
alter table core_account force row level security;
alter table core_voucher_line force row level security;
alter table core_open_item force row level security;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        slim = ("core_line_detail", "core_dimension_balance", "core_open_item")
        await build(
            client_wall("core_dimension_item"),
            client_wall("core_settlement"),
            client_wall("core_fixed_asset"),
            client_wall("core_voucher_template"),
            *(SLIM_WALL.format(table=table) for table in slim),
            *(WITH_ITS_LINE.format(table=table) for table in ("core_line_detail", "core_open_item")),
            KEYS,
            BACKFILL,
        )

    manager.add_raw(run)
    return manager
