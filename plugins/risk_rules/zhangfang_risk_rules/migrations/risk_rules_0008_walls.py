from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-27T08:21:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="risk_rules", description=DESCRIPTION)

    async def run() -> None:
        await build(
            client_wall("risk_rules_draft", references={"voucher": "core_voucher"}),
            "create unique index risk_rules_draft_one on risk_rules_draft (firm, client, voucher);",
        )

    manager.add_raw(run)
    return manager
