from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T08:11:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("collab_task"),
            "create index collab_task_month on collab_task (firm, client, period);",
        )

    manager.add_raw(run)
    return manager
