from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall, firm_wall

ID = "2026-11-26T18:05:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of plugins' settings; people of the clients are served by plugins that read them"

# Sealed settings hold on to the firm's key that opens them, as objects do.
KEYS = """
create unique index core_module_setting_one on core_module_setting (firm, module);
create unique index core_client_setting_one on core_client_setting (firm, client, module);
alter table core_module_setting add constraint core_module_setting_key_version_same_firm
    foreign key (firm, key_version) references core_firm_key (firm, version);
alter table core_module_setting add constraint core_module_setting_sealed_with_key
    check ((sealed is null) = (key_version is null));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_module_settings", description=DESCRIPTION)

    async def run() -> None:
        await build(firm_wall("core_module_setting"), client_wall("core_client_setting"), KEYS)

    manager.add_raw(run)
    return manager
