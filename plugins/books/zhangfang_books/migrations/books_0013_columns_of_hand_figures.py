from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-26T21:20:13:000000"
VERSION = "1.38.0"
DESCRIPTION = "A figure that a person fills in may stand in one of several columns"


class HandFigureRow(Table, tablename="books_hand_figure"):
    id = BigSerial(primary_key=True)
    part = Varchar(length=20)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_columns(manager, HandFigureRow)
    return manager
