from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-26T16:20:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls: every firm reads the days, the operator writes them; deadlines are moved by the firm's people"

DAYS = """
create unique index core_calendar_day_one on core_calendar_day (day);
alter table core_calendar_day enable row level security;
alter table core_calendar_day force row level security;
create policy everybody on core_calendar_day for select
    using (app_firm() is not null or app_user() is not null or app_operator());
create policy operator on core_calendar_day using (app_operator()) with check (app_operator());
"""
DEADLINES = """
create unique index core_tax_deadline_one on core_tax_deadline (firm, tax, covers, area);
create policy staff_writes on core_tax_deadline as restrictive for insert with check (app_staff());
create policy staff_changes on core_tax_deadline as restrictive for update using (app_staff());
create policy staff_removes on core_tax_deadline as restrictive for delete using (app_staff());
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_calendar", description=DESCRIPTION)

    async def run() -> None:
        await build(DAYS, firm_wall("core_tax_deadline"), DEADLINES)

    manager.add_raw(run)
    return manager
