from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-27T09:12:42:000000"
VERSION = "1.38.0"
DESCRIPTION = "Wall of the months that were kept elsewhere"

ONCE = "create unique index books_month_before_once on books_month_before (firm, client, period);"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("books_month_before"), ONCE)

    manager.add_raw(run)
    return manager
