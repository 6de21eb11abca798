from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall

ID = "2026-11-27T05:40:11:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls around files that come in parts, and what holds of them"

LAW = """
alter table core_upload add constraint core_upload_received_check check (length > 0 and received between 0 and length);
alter table core_upload_part add constraint core_upload_part_size_check check (size > 0 and start >= 0);
alter table core_upload_part add constraint core_upload_part_start_key unique (upload, start);
alter table core_upload_part add constraint core_upload_part_key_version_same_firm
    foreign key (firm, key_version) references core_firm_key (firm, version);

create unique index core_upload_key on core_upload (firm, client, "user", key) where key <> '';
create index core_upload_person on core_upload (firm, "user");
create index core_upload_expired on core_upload (firm, expires_at);
create index core_upload_part_key_version on core_upload_part (firm, key_version);

revoke update on core_upload, core_upload_part from zhangfang_app;
grant update (key, received, expires_at) on core_upload to zhangfang_app;
grant update (wrapped_key, key_version) on core_upload_part to zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_documents", description=DESCRIPTION)

    async def run() -> None:
        await build(client_wall("core_upload"), client_wall("core_upload_part"), LAW)
        # The key that keeps a part in its upload's firm goes with the upload, as the plain one does.
        await build(
            "alter table core_upload_part add constraint core_upload_part_upload_same_firm "
            "foreign key (firm, upload) references core_upload (firm, id) on delete cascade;"
        )

    manager.add_raw(run)
    return manager
