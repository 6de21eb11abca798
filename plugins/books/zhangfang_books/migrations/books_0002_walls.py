from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-23T23:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("books_month_note"),
            "create unique index books_month_note_one on books_month_note (firm, client, period);",
        )

    manager.add_raw(run)
    return manager
