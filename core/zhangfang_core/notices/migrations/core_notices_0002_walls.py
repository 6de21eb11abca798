from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-26T08:06:06:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"

KEYS = """
create unique index core_notice_once on core_notice (firm, "user", key);
create index core_notice_newest on core_notice ("user", id desc);
create index core_notice_unread on core_notice ("user") where read_at is null;
revoke delete, truncate on core_notice from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_notices", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("core_notice"), KEYS)

    manager.add_raw(run)
    return manager
