from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build

ID = "2026-11-27T04:50:03:000000"
VERSION = "1.38.0"
DESCRIPTION = "Jobs stay in their firm: the application queues for the firm in scope, and changes or takes away none"

# Not by row-level security: PostgreSQL then leaves the keys out of the error of a unique index, and Procrastinate reads them
# there. The worker serves every firm and says so in its connection (jobs/worker.py). Procrastinate's own files run as the owner.
QUEUE = """
create function core_queue_law() returns trigger language plpgsql as $$
begin
    raise exception 'the queue: % for %', lower(tg_op), coalesce(to_jsonb(new), to_jsonb(old)) -> 'args' -> 'firm'
        using errcode = 'insufficient_privilege';
end $$;
create trigger core_queue_law_of_new before insert on procrastinate_jobs for each row
    when (current_user = 'zhangfang_app' and coalesce(current_setting('app.queue', true), '') <> 'on'
        and new.args ->> 'firm' is distinct from current_setting('app.firm', true))
    execute function core_queue_law();
create trigger core_queue_law before update or delete on procrastinate_jobs for each row
    when (current_user = 'zhangfang_app' and coalesce(current_setting('app.queue', true), '') <> 'on')
    execute function core_queue_law();
revoke truncate on procrastinate_jobs from zhangfang_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_modules", description=DESCRIPTION)

    async def run() -> None:
        await build(QUEUE)

    manager.add_raw(run)
    return manager
