from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T16:00:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Open tasks are found by their owner"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)

    async def run() -> None:
        await build("create index collab_task_of_owner on collab_task (firm, owner_firm, due_on, id) where done_at is null;")

    manager.add_raw(run)
    return manager
