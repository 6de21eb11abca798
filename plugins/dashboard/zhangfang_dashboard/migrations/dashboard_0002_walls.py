from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-26T08:12:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="dashboard", description=DESCRIPTION)

    async def run() -> None:
        await build(
            firm_wall("dashboard_role_figure"),
            "create unique index dashboard_role_figure_one on dashboard_role_figure (firm, role, figure);",
        )

    manager.add_raw(run)
    return manager
