"""Files that were brought in: the same bytes come in once, unless somebody says that they shall again."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from zhangfang_books.tables import ImportedFile
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE


@dataclass(frozen=True, slots=True)
class Source:
    """The file that rows come from: ``sha256`` of its bytes in hex, and its name."""

    sha256: str
    name: str

    @classmethod
    def of(cls, content: bytes, name: str) -> "Source":
        return cls(hashlib.sha256(content).hexdigest(), name[:255])


async def imported_before(client: int, source: Source) -> str:
    """When and by whom, as a sentence; empty when it was not."""
    where = (ImportedFile.client == client, ImportedFile.sha256 == source.sha256)
    known = await ImportedFile.objects().where(*where).first()
    if known is None:
        return ""
    when = known.imported_at.astimezone(BUSINESS_TIME_ZONE)
    return f"这个文件已由{known.imported_by}在 {when:%Y-%m-%d %H:%M} 导入过 {known.vouchers} 张凭证。"


async def note(client: int, source: Source, vouchers: int, *, again: bool) -> None:
    """Of two that bring the same file in at once the second waits here for the first. Raises Refusal ``books.imported_before``."""
    if again:
        where = (ImportedFile.client == client, ImportedFile.sha256 == source.sha256)
        await ImportedFile.delete().where(*where)
    row = ImportedFile(
        client=client,
        sha256=source.sha256,
        name=source.name,
        vouchers=vouchers,
        imported_by=scope().user_name,
        imported_at=dt.datetime.now(dt.UTC),
    )
    kept = await ImportedFile.insert(row).on_conflict(action="DO NOTHING").returning(ImportedFile.id)
    if not kept:
        raise Refusal("books.imported_before", "这个文件刚刚已经导入过,没有再导入一次。", status=409, field="file")
