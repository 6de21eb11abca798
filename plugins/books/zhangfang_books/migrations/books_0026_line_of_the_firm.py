from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T00:50:26:000000"
VERSION = "1.38.0"
DESCRIPTION = "The bank line that paid a return is of the same firm"

SAME_FIRM = """
alter table books_filing add constraint books_filing_paid_line_same_firm
    foreign key (firm, paid_line) references books_bank_line (firm, id);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(SAME_FIRM)

    manager.add_raw(run)
    return manager
