"""Once a night: objects that no row owns."""

import datetime as dt
import logging

from zhangfang_core.storage.objects import object_store
from zhangfang_sdk.context import transaction
from zhangfang_sdk.jobs import Job

KEPT_FOR = dt.timedelta(days=30)
"""Not sooner: after a restore of an older database, files that came since have no row, and may still be wanted."""

log = logging.getLogger("zhangfang.storage")


async def sweep_objects() -> None:
    """Remove what rolled-back uploads of the firm left behind, a month later."""
    async with transaction():
        gone = await object_store().sweep_orphans(KEPT_FOR)
    if gone:
        log.info("%s objects without an owner were removed", gone)


SWEEP_JOB = Job("sweep_objects", sweep_objects, schedule="23 3 * * *", seconds=6 * 3600.0)
