"""What was not finished, or is not wanted any more, goes: rows first, then the bytes."""

import logging

from zhangfang_core.database.engine import connection
from zhangfang_core.storage.objects import object_store
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.jobs import Job

log = logging.getLogger("zhangfang.documents")

_EXPIRED = "select id from core_upload where firm = $1 and expires_at <= now() for update skip locked"
_NAMES = "select name from core_upload_part where firm = $1 and upload = any($2::bigint[])"


async def sweep_uploads() -> None:
    """Of the firm in scope. Bytes whose process ended between the two are found by the sweep of objects without a row."""
    async with transaction():
        gone = [row["id"] for row in await connection().fetch(_EXPIRED, firm_in_scope())]
        names = [row["name"] for row in await connection().fetch(_NAMES, firm_in_scope(), gone)]
        await connection().execute(
            "delete from core_upload where firm = $1 and id = any($2::bigint[])", firm_in_scope(), gone
        )
    for name in names:
        await object_store().discard(name)
    if gone:
        log.info("%s uploads that ended unfinished or were used are gone, with %s parts", len(gone), len(names))


SWEEP_UPLOADS_JOB = Job("sweep_uploads", sweep_uploads, schedule="17 * * * *", seconds=3600.0)
