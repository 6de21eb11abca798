from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T18:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Lines of statements that a person fills in"


class HandFigureRow(Table, tablename="books_hand_figure"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=20)
    line = SmallInt()
    from_line = SmallInt(default=0)
    period = Integer()
    amount = BigInt()
    why = Varchar(length=255)
    by = Varchar(length=80)
    at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, HandFigureRow)
    return manager
