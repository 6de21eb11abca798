from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-27T16:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Which role at the client has a template's tasks"


class Template(Table, tablename="collab_template"):
    id = BigSerial(primary_key=True)
    owner_role = Varchar(length=40, default="")


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)
    new_columns(manager, Template)
    return manager
