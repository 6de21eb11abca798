from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-27T01:10:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "The wall of reminders, and one row for each duty of a firm"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)

    async def run() -> None:
        await build(
            firm_wall("collab_reminders", staff_only=True),
            "create unique index collab_reminders_once on collab_reminders (firm, duty);",
        )

    manager.add_raw(run)
    return manager
