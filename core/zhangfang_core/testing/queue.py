"""The queue in tests, where no worker runs."""

from zhangfang_core.database.engine import connection


async def as_worker() -> None:
    """To the end of the transaction in force, the queue is open as for a worker."""
    await connection().execute("select set_config('app.queue', 'on', true)")


async def emptied() -> None:
    """Nothing waits any more, of any firm."""
    await as_worker()
    await connection().execute("delete from procrastinate_jobs")
    await connection().execute("select set_config('app.queue', '', true)")
