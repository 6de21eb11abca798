from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T08:12:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class RoleFigure(Table, tablename="dashboard_role_figure"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    role = Varchar(length=40)
    figure = Varchar(length=40)
    shown = Boolean(default=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dashboard", description=DESCRIPTION)
    new_tables(manager, RoleFigure)
    return manager
