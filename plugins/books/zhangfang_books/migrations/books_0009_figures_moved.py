from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-26T19:05:03:000000"
VERSION = "1.38.0"
DESCRIPTION = "Figures from before the books start stand with the opening balances and in a table of cash flows"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    manager.drop_table(class_name="BroughtFigure", tablename="books_brought_figure")
    return manager
