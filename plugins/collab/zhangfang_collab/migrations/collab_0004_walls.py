from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build, client_wall, firm_wall

ID = "2026-11-26T22:10:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls, what is one in a firm, and the tasks of before as tasks of one step"

ONE_STEP = """
update collab_task set key = 'collab:' || client || ':hand:' || id, covers = period, turn = case when done_at is null then 'client' else '' end,
    asked_on = (created_at at time zone 'Asia/Shanghai')::date,
    steps = jsonb_build_array(jsonb_build_object('title', title, 'side', 'client', 'asks', 'done',
        'done_at', to_char(done_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), 'done_by', done_by, 'arrived', false));
"""
INDEXES = """
create unique index collab_task_once on collab_task (firm, key);
create index collab_task_open on collab_task (firm, client, due_on) where done_at is null;
create index collab_task_due on collab_task (firm, due_on, id) where done_at is null;
create index collab_entry_task on collab_entry (firm, task, id);
create unique index collab_arrival_once on collab_arrival (firm, client, kind, covers, reference);
create unique index collab_template_once on collab_template (firm, key);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)

    async def run() -> None:
        await build(
            beyond_walls(ONE_STEP, "collab_task"),
            "alter table collab_task add constraint collab_task_document_same_firm "
            "foreign key (firm, document) references core_document (firm, id);",
            client_wall("collab_entry", references={"task": "collab_task", "document": "core_document"}, append_only=True),
            client_wall("collab_arrival", references={"document": "core_document"}),
            firm_wall("collab_template", staff_only=True),
            INDEXES,
        )

    manager.add_raw(run)
    return manager
