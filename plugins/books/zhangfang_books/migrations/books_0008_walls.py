from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build, client_wall

ID = "2026-11-26T19:05:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Wall of the cash flows from before the books start, which are moved here"

MOVED = """
insert into books_brought_cash (firm, client, line, amount)
    select firm, client, code::smallint, amount from books_brought_figure where kind = 'cash';
create unique index books_brought_cash_once on books_brought_cash (firm, client, line);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(beyond_walls(MOVED, "books_brought_figure"), client_wall("books_brought_cash"))

    manager.add_raw(run)
    return manager
