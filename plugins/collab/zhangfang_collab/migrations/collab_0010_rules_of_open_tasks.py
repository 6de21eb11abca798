from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build

ID = "2026-11-27T08:20:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tasks that are open follow the rule of their template"

RULES = """
update collab_task t set due_rule = made.due_rule, due_number = made.due_number, due_tax = made.due_tax
    from collab_template made where made.firm = t.firm and made.key = t.template and t.done_at is null;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)

    async def run() -> None:
        await build(beyond_walls(RULES, "collab_task", "collab_template"))

    manager.add_raw(run)
    return manager
