from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T19:30:09:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of what stands beside cards of assets"

KEYS = """
alter table core_asset_estimate add constraint core_asset_estimate_key unique (client, asset, since);
alter table core_asset_work add constraint core_asset_work_key unique (client, asset, period);
alter table core_month_end_skip add constraint core_month_end_skip_key unique (client, period, key);
alter table core_fixed_asset add constraint core_fixed_asset_voucher_same_firm
    foreign key (firm, voucher) references core_voucher (firm, id);
alter table core_fixed_asset add constraint core_fixed_asset_retired_voucher_same_firm
    foreign key (firm, retired_voucher) references core_voucher (firm, id);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("core_asset_estimate", references={"asset": "core_fixed_asset"}),
            client_wall("core_asset_work", references={"asset": "core_fixed_asset"}),
            client_wall("core_month_end_skip"),
            KEYS,
        )

    manager.add_raw(run)
    return manager
