from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-27T05:10:17:000000"
VERSION = "1.38.0"
DESCRIPTION = "Roles themselves say which figures they see"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dashboard", description=DESCRIPTION)
    manager.drop_table(class_name="RoleFigure", tablename="dashboard_role_figure")
    return manager
