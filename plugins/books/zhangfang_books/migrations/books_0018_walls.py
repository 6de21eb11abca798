from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T22:40:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of filings; what was confirmed stays"

INDEXES = """
create unique index books_filing_once on books_filing (firm, client, tax, first, last);
create index books_filing_due on books_filing (firm, due, id);
create index books_filing_confirmation_filing on books_filing_confirmation (firm, filing);
revoke delete, truncate on books_filing from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("books_filing", references={"receipt": "core_document"}),
            client_wall("books_filing_confirmation", references={"filing": "books_filing"}, append_only=True),
            INDEXES,
        )

    manager.add_raw(run)
    return manager
