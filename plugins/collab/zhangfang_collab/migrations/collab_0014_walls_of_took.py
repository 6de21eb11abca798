from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T16:40:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "How long a client took is read without its other tasks"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)

    async def run() -> None:
        await build("create index collab_task_took on collab_task (firm, client, took) where took is not null;")

    manager.add_raw(run)
    return manager
