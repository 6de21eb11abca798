from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T18:10:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Wall of the lines that a person fills in"

ONCE = "create unique index books_hand_figure_once on books_hand_figure (firm, client, kind, line, from_line, period);"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("books_hand_figure"), ONCE)

    manager.add_raw(run)
    return manager
