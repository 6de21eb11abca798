from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-26T08:06:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of the trail, which is only ever added to"

# Everybody's doings are written, also those of a client's people, who may not read the trail. Firm 0 is the
# deployment's own trail, of what its operator does. Only the platform's work and the firm's people seal.
TRAIL = """
alter table core_audit_entry add constraint core_audit_entry_firm_id_key unique (firm, id);
alter table core_audit_entry enable row level security;
alter table core_audit_entry force row level security;
create policy written on core_audit_entry for insert with check (firm = coalesce(app_firm(), 0));
create policy firm_reads on core_audit_entry for select using (firm = app_firm() and app_staff());
create policy operator_reads on core_audit_entry for select using (firm = 0 and app_firm() is null and app_operator());
alter table core_audit_entry add constraint core_audit_entry_client_same_firm
    foreign key (firm, client) references core_client (firm, id);
revoke update, delete, truncate on core_audit_entry from zhangfang_app;

alter table core_audit_block add constraint core_audit_block_number_key unique (firm, number);
alter table core_audit_block enable row level security;
alter table core_audit_block force row level security;
create policy firm_seals on core_audit_block using (firm = app_firm() and app_staff());
create policy operator_seals on core_audit_block using (firm = 0 and app_firm() is null and app_operator());
revoke update, delete, truncate on core_audit_block from zhangfang_app;

create index core_audit_entry_at on core_audit_entry (firm, at);
create index core_audit_entry_person on core_audit_entry (firm, "user", id);
create index core_audit_entry_action on core_audit_entry (firm, action, id);
create index core_audit_entry_subject on core_audit_entry (firm, subject, id);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_trail", description=DESCRIPTION)

    async def run() -> None:
        await build(TRAIL)

    manager.add_raw(run)
    return manager
