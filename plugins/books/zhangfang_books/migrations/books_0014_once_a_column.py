from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-26T21:20:14:000000"
VERSION = "1.38.0"
DESCRIPTION = "A figure that a person fills in stands once in each column"

ONCE = """
drop index books_hand_figure_once;
create unique index books_hand_figure_once on books_hand_figure (firm, client, kind, part, line, from_line, period);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(ONCE)

    manager.add_raw(run)
    return manager
