"""Roles that a firm made keep the page of parties and the money: it asks for permissions of its own now."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build

ID = "2026-11-27T02:05:09:000000"
VERSION = "1.38.0"
DESCRIPTION = "Reading of parties and funds has permissions of its own"

KEPT = """
update core_role set permissions = permissions || '["parties.read"]'::jsonb
    where permissions ?| array['receivables.read', 'ledger.read'] and not permissions ? 'parties.read';
update core_role set permissions = permissions || '["payables.read", "funds.read"]'::jsonb
    where permissions ? 'ledger.read' and not permissions ? 'funds.read';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    async def run() -> None:
        await build(beyond_walls(KEPT, "core_role"))

    manager.add_raw(run)
    return manager
