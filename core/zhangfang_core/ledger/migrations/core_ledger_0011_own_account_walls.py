from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T21:00:11:000000"
VERSION = "1.38.0"
DESCRIPTION = "Wall of how codes are made; divided accounts and merged items went to others of the same firm"

KEYS = """
alter table core_code_rule add constraint core_code_rule_key unique (client);
alter table core_account alter column moved_to type varchar(20) collate "C";
alter table core_account add constraint core_account_moved_to_key foreign key (client, moved_to) references core_account (client, code);
alter table core_dimension_item add constraint core_dimension_item_merged_into_same_firm
    foreign key (firm, merged_into) references core_dimension_item (firm, id);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("core_code_rule"), KEYS)

    manager.add_raw(run)
    return manager
