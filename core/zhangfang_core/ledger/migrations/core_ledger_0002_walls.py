from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T08:05:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls, keys, and rights by which posted vouchers, and what is beside their lines, stay as they are"

# Lines are many: their only keys are those that keep them true. The voucher's firm comes by the key, its client by the
# policy. The plain single-column keys of the hot tables say nothing that the composite ones do not.
LINE_WALL = """
alter table core_voucher_line enable row level security;
alter table core_voucher_line force row level security;
create policy wall on core_voucher_line using (firm = app_firm() and app_client_ok(client))
    with check (firm = app_firm() and app_client_ok(client));
alter table core_voucher_line add constraint core_voucher_line_voucher_same_firm
    foreign key (firm, voucher) references core_voucher (firm, id);
revoke update, delete, truncate on core_voucher_line from zhangfang_app;

alter table core_voucher_line drop constraint core_voucher_line_client_fkey;
alter table core_voucher drop constraint core_voucher_client_fkey;
alter table core_balance drop constraint core_balance_client_fkey;
alter table core_voucher_counter drop constraint core_voucher_counter_client_fkey;
"""

# Codes compare byte by byte, whatever the server's language, so that "2221 and all below" is an index range.
KEYS = """
alter table core_account alter column code type varchar(20) collate "C";
alter table core_balance alter column account type varchar(20) collate "C";
alter table core_voucher_line alter column account type varchar(20) collate "C";

alter table core_account add constraint core_account_client_code_key unique (client, code);
alter table core_period add constraint core_period_client_period_key unique (client, period);
alter table core_voucher_counter add constraint core_voucher_counter_key unique (client, period, word);
alter table core_balance add constraint core_balance_key unique (client, period, account);
alter table core_voucher add constraint core_voucher_number_key unique (client, period, word, number);

alter table core_balance add constraint core_balance_account_key
    foreign key (client, account) references core_account (client, code);
alter table core_voucher_line add constraint core_voucher_line_account_key
    foreign key (client, account) references core_account (client, code);

alter table core_voucher add constraint core_voucher_state_check check (
    state in ('draft', 'discarded') and number is null or state = 'posted' and number > 0 and posted_at is not null);
alter table core_voucher_line add constraint core_voucher_line_one_sided check ((debit = 0) <> (credit = 0));

create index core_voucher_newest on core_voucher (client, id);
create index core_voucher_drafts on core_voucher (client, period) where state = 'draft';
create index core_voucher_waiting on core_voucher (firm, id) where state = 'draft';
create unique index core_voucher_reversed_once on core_voucher (firm, reverses) where state <> 'discarded';
create index core_voucher_document on core_voucher (firm, document) where document is not null;
create index core_voucher_line_drill on core_voucher_line (client, account, date);
alter table core_balance set (fillfactor = 80);
"""

# Restrictive policies stand beside the wall: only a draft is changed, and nothing is deleted. A line goes to its own client's
# voucher while that is a draft, or in the very transaction that posts it (bulk import writes it posted at once).
POSTED_STAYS = """
revoke delete, truncate on core_voucher from zhangfang_app;
create policy only_drafts_change on core_voucher as restrictive for update using (state = 'draft') with check (true);
create policy only_drafts_go on core_voucher as restrictive for delete using (state = 'draft');
create policy into_own_voucher on core_voucher_line as restrictive for insert with check (exists (
    select from core_voucher v where v.id = core_voucher_line.voucher and v.client = core_voucher_line.client
    and (v.state = 'draft' or v.posted_at = now() and v.xmin = pg_current_xact_id()::xid)));
create policy never_change on core_voucher_line as restrictive for update using (false);
create policy never_go on core_voucher_line as restrictive for delete using (false);
"""

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

ANALYSIS = """
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


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        slim = ("core_line_detail", "core_dimension_balance", "core_open_item")
        await build(
            client_wall("core_account"),
            client_wall("core_period"),
            client_wall("core_voucher_counter"),
            client_wall("core_voucher", references={"document": "core_document", "reverses": "core_voucher"}),
            client_wall("core_balance"),
            LINE_WALL,
            KEYS,
            POSTED_STAYS,
            client_wall("core_dimension_item"),
            client_wall("core_settlement"),
            client_wall("core_fixed_asset"),
            client_wall("core_voucher_template"),
            *(SLIM_WALL.format(table=table) for table in slim),
            *(WITH_ITS_LINE.format(table=table) for table in ("core_line_detail", "core_open_item")),
            ANALYSIS,
        )

    manager.add_raw(run)
    return manager
