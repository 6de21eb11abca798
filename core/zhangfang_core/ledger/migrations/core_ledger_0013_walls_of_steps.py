from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-26T21:10:13:000000"
VERSION = "1.38.0"
DESCRIPTION = "A settlement is undone with the day from which it counts no more, and steps are found by their number"

RIGHTS = """
grant update (undone_from) on core_settlement to zhangfang_app;
create index core_settlement_step on core_settlement (client, coalesce(step, id));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(RIGHTS)

    manager.add_raw(run)
    return manager
