from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-27T01:10:04:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of verifications"

WALLS = """
alter table core_verification enable row level security;
alter table core_verification force row level security;
create policy firm_verifies on core_verification using (firm = app_firm() and app_staff());
create policy operator_verifies on core_verification using (firm = 0 and app_firm() is null and app_operator());
revoke delete, truncate on core_verification from zhangfang_app;
create index core_verification_newest on core_verification (firm, id desc);
create unique index core_head_reader_once on core_head_reader (firm, "user");
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_trail", description=DESCRIPTION)

    async def run() -> None:
        await build(firm_wall("core_head_reader", staff_only=True), WALLS)

    manager.add_raw(run)
    return manager
