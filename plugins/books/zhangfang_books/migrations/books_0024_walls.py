from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T22:10:24:000000"
VERSION = "1.38.0"
DESCRIPTION = "Wall of the judged cash, and the order in which it is read"

INDEXES = """
create unique index books_judged_cash_once on books_judged_cash (firm, voucher, place, rules);
create index books_judged_cash_by_month on books_judged_cash (firm, client, rules, period) include (place, line, amount);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(INDEXES, client_wall("books_judged_cash"))

    manager.add_raw(run)
    return manager
