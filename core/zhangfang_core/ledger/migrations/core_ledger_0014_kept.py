from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T02:45:14:000000"
VERSION = "1.38.0"
DESCRIPTION = "The application deletes no month, no balance and no counter of numbers"

RIGHTS = """
revoke delete, truncate on core_period, core_balance, core_voucher_counter, core_dimension_balance from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(RIGHTS)

    manager.add_raw(run)
    return manager
