"""The SDK's ``Documents``: files of clients, kept as they came."""

import datetime as dt
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.documents.names import shown_size, tidy_media_type, tidy_name
from zhangfang_core.documents.tables import DocumentRow
from zhangfang_core.jobs.facts import tell
from zhangfang_core.modules.hooks import ask
from zhangfang_core.storage.objects import OpenObject, StoredObject, object_store
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.documents import Document, Upload
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

LARGEST = 50 * 1024 * 1024
"""Bytes of one file."""

_CLIENT = "select exists (select from core_client where firm = $1 and id = $2)"
_INSERT = """insert into core_document
    (firm, client, name, media_type, size, sha256, object, source, stored_at, stored_by, stored_by_name)
    values ($1, $2, $3, $4, $5, $6, $7, $8, now(), $9, $10) returning id, stored_at"""


@dataclass(frozen=True, slots=True)
class Original:
    """A file and its bytes, to be read when the transaction is over."""

    document: Document
    content: OpenObject


class StoredDocuments:
    """Rows behind both walls; bytes in the object store."""

    async def store(self, client: int, name: str, media_type: str, content: AsyncIterator[bytes] | bytes) -> Document:
        """See :class:`zhangfang_sdk.documents.Documents`."""
        require("documents.upload")
        if not await connection().fetchval(_CLIENT, firm_in_scope(), client) or not scope().sees(client):
            raise not_found("客户")
        tidy = tidy_name(name)
        stored = await object_store().put(client, _limited(content, tidy))
        try:
            return await self._record(client, tidy, tidy_media_type(media_type, tidy), stored)
        except Refusal:
            await object_store().discard(stored.key)
            raise

    async def _record(self, client: int, name: str, media_type: str, stored: StoredObject) -> Document:
        await ask("check_document", upload=Upload(client, name, media_type, stored.size, stored.sha256))
        actor = scope()
        row = await connection().fetchrow(
            _INSERT,
            firm_in_scope(),
            client,
            name,
            media_type,
            stored.size,
            stored.sha256,
            stored.id,
            "system" if actor.user is None else "upload",
            actor.user,
            actor.user_name,
        )
        if row is None:
            raise RuntimeError("the row of a document was not made")
        document = Document(
            row["id"], client, name, media_type, stored.size, stored.sha256, row["stored_at"], actor.user_name
        )
        await use(Audit).record(
            "documents.store",
            f"core_document:{document.id}",
            client=client,
            after={"name": name, "media_type": media_type, "size": stored.size, "sha256": stored.sha256},
        )
        tell("documents_stored", [document.id])
        use(Search).changed("core.documents", [document.id])
        await use(Live).announce("documents", client)
        return document

    async def document(self, document_id: int) -> Document:
        return _document(await self._row(document_id))

    async def documents(self, ids: Sequence[int]) -> Sequence[Document]:
        """In the order of ``ids``; those that the actor may not see are left out."""
        if not ids:
            return []
        rows = await DocumentRow.select().where(DocumentRow.id.is_in(list(ids)))
        seen = await _of_years(ids)
        found = {row["id"]: _document(row) for row in rows if row["id"] in seen}
        return [found[id_] for id_ in ids if id_ in found]

    async def same_content(self, client: int, sha256: str) -> Sequence[Document]:
        rows = (
            await DocumentRow.select()
            .where(DocumentRow.client == client, DocumentRow.sha256 == sha256)
            .order_by(DocumentRow.id)
        )
        return [_document(row) for row in rows]

    async def stored_in(self, client: int, period: Period) -> Sequence[Document]:
        first, following = (_midnight(month.first_day) for month in (period, period.plus(1)))
        rows = (
            await DocumentRow.select()
            .where(DocumentRow.client == client, DocumentRow.stored_at >= first, DocumentRow.stored_at < following)
            .order_by(DocumentRow.id)
        )
        return [_document(row) for row in rows]

    async def content(self, document_id: int) -> bytes:
        """As the SDK says; a person's look goes on the trail."""
        return await (await self.original(document_id)).content.whole()

    async def original(self, document_id: int) -> Original:
        """The file with its key, so that the bytes can flow with no transaction open. A person's look goes on the trail.

        Raises Refusal ``common.not_found``, ``document.damaged``.
        """
        row = await self._row(document_id)
        found = Original(_document(row), await object_store().open(row["object"]))
        await found.content.check()
        await seen(found.document)
        return found

    async def _row(self, document_id: int) -> dict[str, Any]:
        row: dict[str, Any] | None = await DocumentRow.select().where(DocumentRow.id == document_id).first()
        if row is None or not await _of_years([document_id]):
            raise not_found("文件")
        return row


async def _of_years(ids: Sequence[int]) -> Collection[int]:
    """Those of ``ids`` that the actor's years let through: an auditor sees what stands behind a voucher of these years."""
    years = scope().years
    if years is None:
        return ids
    rows = await connection().fetch(
        """select distinct document from core_voucher where firm = $1 and document = any($2::bigint[])
        and period / 100 = any($3::int[]) and state = 'posted'""",
        firm_in_scope(),
        list(ids),
        sorted(years),
    )
    return {row["document"] for row in rows}


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BUSINESS_TIME_ZONE)


async def seen(document: Document) -> None:
    """Put a person's look at a file's content on the trail (PLAT-9); the platform's own reading is not one."""
    if scope().user is not None:
        await use(Audit).record(
            "documents.view", f"core_document:{document.id}", client=document.client, after={"name": document.name}
        )


async def _limited(content: AsyncIterator[bytes] | bytes, name: str) -> AsyncIterator[bytes]:
    """Pass on what is not too large, and stop reading at once when it is."""
    size = 0
    async for piece in _pieces(content):
        size += len(piece)
        if size > LARGEST:
            raise _too_large(name, len(content) if isinstance(content, bytes) else None)
        yield piece
    if size == 0:
        raise Refusal(
            "document.empty",
            f"文件「{name}」是空的(0 字节),没有保存。请重新选择文件。",
            field="file",
            details={"name": name},
        )


async def _pieces(content: AsyncIterator[bytes] | bytes) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    async for piece in content:
        yield piece


def _too_large(name: str, size: int | None) -> Refusal:
    limit = shown_size(LARGEST)
    told = f"超过 {limit}" if size is None else f"有 {shown_size(size)},超过了 {limit}"
    return Refusal(
        "document.too_large",
        f"文件「{name}」{told},一个文件最大 {limit}。请压缩,或拆成几个文件再上传。",
        status=413,
        field="file",
        details={"name": name, "limit": LARGEST, **({} if size is None else {"size": size})},
    )


def _document(row: dict[str, Any]) -> Document:
    return Document(
        id=row["id"],
        client=row["client"],
        name=row["name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
        stored_at=row["stored_at"],
        stored_by=row["stored_by_name"],
    )
