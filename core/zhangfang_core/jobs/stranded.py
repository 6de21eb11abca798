"""Jobs and facts that wait for a plugin which does not run here: nobody takes them until it is installed again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.lanes import CORE_LANE, plugin_of
from zhangfang_core.modules.registry import registry


@dataclass(frozen=True, slots=True)
class Stranded:
    """``count`` jobs of a plugin that wait, the first since ``since`` (UTC). ``left_out`` is the reason when it is installed but does not run."""

    plugin: str
    count: int
    since: dt.datetime | None
    left_out: str


async def stranded() -> Sequence[Stranded]:
    """For the operator, as this process sees it."""
    rows = await connection().fetch(
        """select queue_name, count(*) as count, min(e.at) as since from procrastinate_jobs j
        left join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
        where status = 'todo' and queue_name <> $1 group by 1""",
        CORE_LANE,
    )
    reasons = {skipped.id: skipped.reason for skipped in registry().skipped}
    found: dict[str, Stranded] = {}
    for row in rows:
        plugin = plugin_of(row["queue_name"])
        if plugin in registry().modules:
            continue
        before = found.get(plugin, Stranded(plugin, 0, None, reasons.get(plugin, "")))
        since = min((moment for moment in (before.since, row["since"]) if moment is not None), default=None)
        found[plugin] = Stranded(plugin, before.count + row["count"], since, before.left_out)
    return [found[plugin] for plugin in sorted(found)]
