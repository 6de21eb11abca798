from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Timestamptz
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T09:12:43:000000"
VERSION = "1.38.0"
DESCRIPTION = "When a bank account was fetched last"


class BankAccount(Table, tablename="books_bank_account"):
    id = BigSerial(primary_key=True)
    fetched_at = Timestamptz(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_columns(manager, BankAccount)
    return manager
