from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-27T19:50:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Wall of received invoices; each once"

INDEXES = """
create unique index books_received_invoice_once on books_received_invoice (firm, client, code, number);
create index books_received_invoice_newest on books_received_invoice (firm, client, issued_on desc, id desc);
create index books_received_invoice_reverses on books_received_invoice (firm, client, reverses) where reverses <> '';
revoke delete, truncate on books_received_invoice from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("books_received_invoice"), INDEXES)

    manager.add_raw(run)
    return manager
