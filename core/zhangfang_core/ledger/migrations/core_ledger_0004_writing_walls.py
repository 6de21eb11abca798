from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-26T18:50:05:000000"
VERSION = "1.38.0"
DESCRIPTION = "The wall of what the firm chose of its vouchers"

ONE_A_FIRM = "create unique index core_voucher_choice_one on core_voucher_choice (firm)"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(f"{firm_wall('core_voucher_choice')}\n{ONE_A_FIRM};")

    manager.add_raw(run)
    return manager
