from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-26T08:03:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of the module switches and of what fails"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_modules", description=DESCRIPTION)

    async def run() -> None:
        await build(
            firm_wall("core_module_switch"),
            "create unique index core_module_switch_one on core_module_switch (firm, module);",
            firm_wall("core_part_trouble"),
            "create unique index core_part_trouble_one on core_part_trouble (firm, plugin, part);",
            "create policy operator on core_part_trouble for select using (app_operator());",
            firm_wall("core_failed_job"),
            "create policy operator on core_failed_job for select using (app_operator());",
        )

    manager.add_raw(run)
    return manager
