from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T22:21:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of payrolls; rows are for the readers that are named"

# A further wall on the rows: the first lets the client's people through, this one only those of them who are named.
READERS = """
create unique index books_payroll_once on books_payroll (firm, client, period);
create unique index books_payroll_row_once on books_payroll_row (firm, payroll, id_number);
create unique index books_payroll_reader_once on books_payroll_reader (firm, client, "user");
create policy readers on books_payroll_row as restrictive using (exists (
    select 1 from books_payroll_reader r where r.firm = app_firm() and r.client = books_payroll_row.client and r."user" = app_user()
    and r.named_at is not null));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("books_payroll", references={"voucher": "core_voucher"}),
            client_wall("books_payroll_row", references={"payroll": "books_payroll"}),
            client_wall("books_payroll_reader"),
            READERS,
        )

    manager.add_raw(run)
    return manager
