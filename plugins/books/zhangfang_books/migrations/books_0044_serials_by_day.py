from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build

ID = "2026-11-27T12:31:09:000000"
VERSION = "1.38.0"
DESCRIPTION = "A bank's serial tells a line apart within its day: keys of lines with a serial hold the date too"

KEYS = """
update books_bank_line set key = made.key from (
    select id, encode(sha256(convert_to(concat_ws(E'\\x1f', 'serial', serial, date::text, amount::text, row_number() over (
        partition by account, serial, date, amount order by place
    )), 'UTF8')), 'hex') as key
    from books_bank_line where serial <> ''
) as made where made.id = books_bank_line.id;
"""
"""As ``bank.statements.keys_of`` makes them now."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)

    async def run() -> None:
        await build(beyond_walls(KEYS, "books_bank_line"))

    manager.add_raw(run)
    return manager
