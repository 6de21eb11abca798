from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-27T04:00:02:000023"

COUNTING = """create function shelf_pages(of_box bigint) returns bigint language sql stable as
    $$ select coalesce(sum(pages), 0)::bigint from shelf_paper where box = of_box $$"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="shelf", description="Walls")

    async def run() -> None:
        await build(
            client_wall("shelf_box"),
            client_wall("shelf_paper", references={"box": "shelf_box", "after": "shelf_paper", "document": "core_document"}),
            COUNTING,
        )

    manager.add_raw(run)
    return manager
