from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-26T08:07:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls of the firm's vendors: people of its clients see nothing of them"

# Sealed settings hold on to the firm's key that opens them, as objects do.
KEYS = """
create unique index core_vendor_choice_one on core_vendor_choice (firm, kind, vendor);
create unique index core_vendor_call_one on core_vendor_call (firm, day, kind, vendor);
create unique index core_vendor_breaker_one on core_vendor_breaker (firm, kind, vendor);
alter table core_vendor_choice add constraint core_vendor_choice_key_version_same_firm
    foreign key (firm, key_version) references core_firm_key (firm, version);
alter table core_vendor_choice add constraint core_vendor_choice_sealed_with_key
    check ((sealed is null) = (key_version is null));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_vendors", description=DESCRIPTION)

    async def run() -> None:
        await build(
            firm_wall("core_vendor_choice", staff_only=True),
            firm_wall("core_vendor_call", staff_only=True),
            firm_wall("core_vendor_breaker", staff_only=True),
            KEYS,
        )

    manager.add_raw(run)
    return manager
