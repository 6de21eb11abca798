from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall, firm_wall

ID = "2026-11-26T22:19:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of bank accounts, statements, lines and what explains them"

ONCE = """
create unique index books_bank_account_once on books_bank_account (firm, client, number, account);
create unique index books_bank_line_once on books_bank_line (firm, account, key);
create index books_bank_line_by_day on books_bank_line (firm, client, account, date, place);
create unique index books_bank_match_once on books_bank_match (firm, line, voucher, place);
create unique index books_bank_memory_once on books_bank_memory (firm, client, sign, said);
create unique index books_table_layout_once on books_table_layout (firm, kind, headings);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("books_bank_account"),
            client_wall("books_bank_file", references={"account": "books_bank_account"}),
            client_wall("books_bank_line", references={"account": "books_bank_account", "file": "books_bank_file"}),
            client_wall("books_bank_match", references={"line": "books_bank_line", "voucher": "core_voucher"}),
            client_wall("books_bank_memory"),
            firm_wall("books_table_layout"),
            ONCE,
        )

    manager.add_raw(run)
    return manager
