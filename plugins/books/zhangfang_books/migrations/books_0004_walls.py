from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T16:09:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Wall of the files that were brought in"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("books_imported_file"),
            "create unique index books_imported_file_once on books_imported_file (firm, client, sha256);",
        )

    manager.add_raw(run)
    return manager
