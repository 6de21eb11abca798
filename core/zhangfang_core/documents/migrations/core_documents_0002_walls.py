from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall, firm_wall

ID = "2026-11-26T08:04:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls, keys, and rights by which stored files stay as they are"

# A key is re-wrapped when the firm's key is rotated; nothing else of an object ever changes. An old firm's key goes
# when nothing is wrapped by it any more, which the foreign key holds.
KEYS = """
alter table core_firm_key add constraint core_firm_key_version_key unique (firm, version);
alter table core_object add constraint core_object_name_key unique (name);
alter table core_object add constraint core_object_key_version_same_firm
    foreign key (firm, key_version) references core_firm_key (firm, version);
alter table core_document add constraint core_document_size_check check (size > 0);
alter table core_document_preview add constraint core_document_preview_page_key unique (document, number);

create index core_object_key_version on core_object (firm, key_version);
create index core_document_newest on core_document (firm, client, id desc);
create index core_document_content on core_document (firm, client, sha256);
create index core_document_object on core_document (firm, object);
create index core_document_preview_object on core_document_preview (firm, object);

revoke update, delete, truncate on core_object from zhangfang_app;
grant update (wrapped_key, key_version) on core_object to zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_documents", description=DESCRIPTION)

    async def run() -> None:
        await build(
            firm_wall("core_firm_key"),
            client_wall("core_object"),
            client_wall("core_document", references={"object": "core_object"}, append_only=True),
            client_wall(
                "core_document_preview",
                references={"document": "core_document", "object": "core_object"},
                append_only=True,
            ),
            KEYS,
        )

    manager.add_raw(run)
    return manager
