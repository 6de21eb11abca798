from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T09:12:40:000000"
VERSION = "1.38.0"
DESCRIPTION = "Which account takes a payroll's other deductions"


class Payroll(Table, tablename="books_payroll"):
    id = BigSerial(primary_key=True)
    deducted_to = Varchar(length=20, default="")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_columns(manager, Payroll)
    return manager
