from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T16:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What is offered has a title, and neither its price nor its days are below zero"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="marketplace", description=DESCRIPTION)

    async def run() -> None:
        # "not valid": rows that are there stay as they are until somebody changes them.
        await build(
            """alter table marketplace_service
            add constraint marketplace_service_title_check check (title ~ '\\S') not valid,
            add constraint marketplace_service_price_check check (price >= 0) not valid,
            add constraint marketplace_service_days_check check (days >= 0) not valid;"""
        )

    manager.add_raw(run)
    return manager
