from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T20:00:02:000001"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="witness", description="Walls")

    async def run() -> None:
        await build(client_wall("witness_sight"))

    manager.add_raw(run)
    return manager
