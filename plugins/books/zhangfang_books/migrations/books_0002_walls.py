from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall, firm_wall

ID = "2026-11-26T08:09:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("books_month_note"),
            "create unique index books_month_note_one on books_month_note (firm, client, period);",
            client_wall("books_brought_figure"),
            "create unique index books_brought_figure_one on books_brought_figure (firm, client, year, kind, code);",
            client_wall("books_cash_assignment", references={"voucher": "core_voucher"}),
            "create unique index books_cash_assignment_one on books_cash_assignment (firm, client, voucher, place);",
            firm_wall("books_import_profile", staff_only=True),
            "create unique index books_import_profile_one on books_import_profile (firm, program);",
            client_wall("books_account_mapping"),
            "create unique index books_account_mapping_one on books_account_mapping (firm, client, theirs);",
        )

    manager.add_raw(run)
    return manager
