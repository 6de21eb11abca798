"""Making and listing manifests; everything in the caller's transaction."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_archive.manifests import checksum_list
from zhangfang_archive.search_source import KIND
from zhangfang_archive.tables import Manifest
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.search import Search


async def make_manifest(client: int, period: Period) -> int:
    """List the documents stored in a month; needs ``archive.make``. Raises Refusal ``archive.nothing``."""
    require("archive.make")
    earlier = {row["document"] for row in await Manifest.select(Manifest.document).where(Manifest.client == client)}
    every = await use(Documents).stored_in(client, period)
    found = [d for d in every if d.id not in earlier]
    if not found:
        raise Refusal("archive.nothing", f"{period.label}没有原始单据,无需生成清单。", status=409)
    content = checksum_list(found)
    document = await use(Documents).store(client, f"{period.key}-SHA256SUMS.txt", "text/plain", content)
    row = Manifest(
        client=client,
        period=period.number,
        document=document.id,
        files=len(found),
        sha256=document.sha256,
        created_at=dt.datetime.now(dt.UTC),
        made_by=scope().user_name,
    )
    await row.save()
    use(Search).changed(KIND, [int(row.id)])
    await use(Audit).record("archive.make", f"archive_manifest:{row.id}", client=client, after={"files": len(found)})
    return int(row.id)


async def manifests(client: int | None) -> Sequence[Manifest]:
    """The newest two hundred; with None as client, of all that the actor sees."""
    query = Manifest.objects().order_by(Manifest.id, ascending=False).limit(200)
    return await (query if client is None else query.where(Manifest.client == client))
