from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T08:06:06:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"

KEYS = """
create unique index core_notice_once on core_notice (firm, "user", key);
create index core_notice_newest on core_notice ("user", id desc);
create index core_notice_unread on core_notice ("user") where read_at is null;
create index core_notice_unplanned on core_notice (firm, id) where planned_at is null;
revoke delete, truncate on core_notice from zhangfang_app;
"""

# Everybody may cause a notice; what became of it by which channel is the firm's to know.
DELIVERIES = """
create policy of_staff on core_notice_delivery as restrictive using (app_staff()) with check (app_staff());
create unique index core_notice_delivery_once on core_notice_delivery (notice, channel);
create index core_notice_delivery_newest on core_notice_delivery (firm, id desc);
create index core_notice_delivery_open on core_notice_delivery (firm, due_at) where state in ('waiting', 'sending');
create index core_notice_delivery_parcel on core_notice_delivery (firm, key) where key <> '';
create index core_notice_delivery_uncertain on core_notice_delivery (firm) where state = 'uncertain';
alter table core_notice_delivery add constraint core_notice_delivery_state
    check (state in ('waiting', 'sending', 'sent', 'left_out', 'failed', 'uncertain'));
revoke delete, truncate on core_notice_delivery from zhangfang_app;
"""

OPT_OUTS = """
alter table core_notice_opt_out enable row level security;
alter table core_notice_opt_out force row level security;
create policy self on core_notice_opt_out using ("user" = app_user()) with check ("user" = app_user());
create policy colleagues on core_notice_opt_out for select using (
  app_staff() and exists (select 1 from core_membership m where m."user" = core_notice_opt_out."user" and m.firm = app_firm()));
create unique index core_notice_opt_out_once on core_notice_opt_out ("user", kind);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_notices", description=DESCRIPTION)

    async def run() -> None:
        notice = {"notice": "core_notice"}
        await build(client_wall("core_notice"), KEYS)
        await build(client_wall("core_notice_delivery", references=notice), DELIVERIES, OPT_OUTS)

    manager.add_raw(run)
    return manager
