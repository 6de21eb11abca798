"""Files that come in parts: begun, added to, read when whole, ended. Each is the business of the person who began it alone."""

import datetime as dt
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from litestar.datastructures import UploadFile

from zhangfang_core.database.engine import DB, connection
from zhangfang_core.documents.names import shown_size, tidy_media_type, tidy_name
from zhangfang_core.documents.service import LARGEST
from zhangfang_core.storage.objects import OpenObject, Sealed, object_store
from zhangfang_sdk.context import client_in_scope, firm_in_scope, require, scope, transaction
from zhangfang_sdk.errors import Refusal, not_found

KEPT_FOR = dt.timedelta(hours=24)
MOST = 20
"""Unfinished files that one person of a firm may have."""

_COLUMNS = "id, name, media_type, metadata, length, received, expires_at"
_OWN = """ from core_upload where firm = $1 and client = $2 and "user" = $3 """
_UNFINISHED = """select count(*) from core_upload
    where firm = $1 and "user" = $2 and received < length and expires_at > now()"""
_HOLD = "select pg_advisory_xact_lock(hashtextextended('uploads:' || $1::bigint || ':' || $2::bigint, 0))"
_BEGIN = """insert into core_upload
    (firm, client, "user", name, media_type, key, metadata, length, received, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 0, now(), now() + $9)
    returning id, name, media_type, metadata, length, received, expires_at"""
_LET_GO = """update core_upload set key = '', expires_at = least(expires_at, now())
    where firm = $1 and client = $2 and "user" = $3 and key = $4 and (expires_at <= now() or length <> $5)"""
"""One that has ended and is not swept yet, or was another file, leaves its key to the new one."""
_ADD = """insert into core_upload_part (firm, client, upload, start, name, wrapped_key, key_version, size, sha256)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
_PARTS = """select name, wrapped_key, key_version, size, sha256 from core_upload_part
    where firm = $1 and upload = $2 order by start"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A file under way: ``received`` of ``length`` bytes lie there until ``expires_at`` (UTC). ``metadata`` as it came."""

    id: int
    name: str
    media_type: str
    metadata: str
    length: int
    received: int
    expires_at: dt.datetime


async def begin(*, name: str, media_type: str, length: int, key: str = "", metadata: str = "") -> Begun:
    """A place for a file of ``length`` bytes; needs ``documents.upload``. With the ``key`` of one that stands, that one.

    Raises Refusal ``document.empty``, ``document.too_large`` (413), ``upload.too_many`` (409).
    """
    require("documents.upload")
    firm, client, user, tidy = firm_in_scope(), client_in_scope(), _person(), tidy_name(name)
    if length < 1:
        raise Refusal("document.empty", f"文件「{tidy}」是空的(0 字节),没有保存。请重新选择文件。", field="file")
    if length > LARGEST:
        told = f"文件「{tidy}」有 {shown_size(length)},一个文件最大 {shown_size(LARGEST)}。请压缩,或拆成几个文件再上传。"
        raise Refusal("document.too_large", told, status=413, field="file")
    await connection().execute(_HOLD, firm, user)
    if key:
        await connection().execute(_LET_GO, firm, client, user, key, length)
        row = await connection().fetchrow(f"select {_COLUMNS}" + _OWN + "and key = $4", firm, client, user, key)
        if row is not None:
            return Begun(**row)
    if await connection().fetchval(_UNFINISHED, firm, user) >= MOST:
        raise Refusal(
            "upload.too_many",
            f"您已有 {MOST} 个文件没传完。请先把它们传完,或者明天再传(没传完的保留 24 小时)。",
            status=409,
        )
    media_type = tidy_media_type(media_type, tidy)
    made = await connection().fetch(_BEGIN, firm, client, user, tidy, media_type, key, metadata, length, KEPT_FOR)
    return Begun(**made[0])


async def standing(upload_id: int, *, alone: bool = False) -> Begun:
    """The person's own; ``alone`` until the transaction ends. Raises Refusal ``common.not_found``, ``upload.gone`` (410)."""
    row = await connection().fetchrow(
        f"select {_COLUMNS}, expires_at <= now() as gone" + _OWN + "and id = $4" + (" for update" if alone else ""),
        firm_in_scope(),
        client_in_scope(),
        _person(),
        upload_id,
    )
    if row is None:
        raise not_found("文件")
    values = dict(row)
    if values.pop("gone"):
        raise Refusal("upload.gone", "这个文件没传完的部分已清理(只保留 24 小时),请重新上传。", status=410)
    return Begun(**values)


async def add(begun: Begun, content: bytes) -> int:
    """Keep the next bytes for good once the transaction commits; ``begun`` was read ``alone``. How many there are now.

    Raises Refusal ``upload.too_long`` (413).
    """
    if begun.received + len(content) > begun.length:
        raise Refusal("upload.too_long", "传来的内容比文件本身还长,没有保存。请重新选择文件再传。", status=413)
    if not content:
        return begun.received
    sealed = await object_store().keep(content)
    place = firm_in_scope(), client_in_scope(), begun.id, begun.received
    kept = sealed.name, sealed.wrapped_key, sealed.key_version, sealed.size, sealed.sha256
    await connection().execute(_ADD, *place, *kept)
    received = begun.received + len(content)
    await connection().execute(
        "update core_upload set received = $3 where firm = $1 and id = $2", firm_in_scope(), begun.id, received
    )
    return received


async def end(begun: Begun) -> None:
    """Nothing of it is wanted any more: what lies there goes with the next sweep."""
    await connection().execute(
        "update core_upload set expires_at = now() where firm = $1 and id = $2", firm_in_scope(), begun.id
    )


class KeptUploads:
    """See :class:`zhangfang_sdk.uploads.Uploads`."""

    async def file(self, upload_id: int) -> UploadFile:
        async with AsyncExitStack() as stack:
            if DB.current_transaction.get() is None:
                await stack.enter_async_context(transaction())
            begun = await standing(upload_id)
            if begun.received < begun.length:
                raise Refusal("upload.unfinished", "这个文件还没传完,请传完后再提交。", status=409, field="file")
            rows = await connection().fetch(_PARTS, firm_in_scope(), begun.id)
            parts = [await object_store().opened(Sealed(**row)) for row in rows]
        return await _joined(begun, parts)


async def _joined(begun: Begun, parts: Sequence[OpenObject]) -> UploadFile:
    file = UploadFile(content_type=begun.media_type, filename=begun.name)
    for part in parts:
        async for piece in part.stream():
            await file.write(piece)
    await file.seek(0)
    return file


def _person() -> int:
    """Whose uploads these are; raises Refusal ``common.not_found`` in the platform's own scope."""
    user = scope().user
    if user is None:
        raise not_found("文件")
    return user
