from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T08:08:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="archive", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("archive_manifest", references={"document": "core_document"}),
            "create index archive_manifest_client on archive_manifest (firm, client);",
        )

    manager.add_raw(run)
    return manager
