"""Taking files in: the original is kept before anything reads it, and a repeated upload is the same file."""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from zhangfang_capture_ocr.moments import day_of, now
from zhangfang_capture_ocr.search_source import KIND
from zhangfang_capture_ocr.services.lanes import Lane, queue
from zhangfang_capture_ocr.services.locks import decide_alone
from zhangfang_capture_ocr.states import BACK_TO_CLIENT, ItemState
from zhangfang_capture_ocr.tables import Item
from zhangfang_sdk.context import client_in_scope, require, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

MAX_REQUEST_BYTES = 52 * 1024 * 1024
"""A request's largest body: one file of 50 MB with its form."""
MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_FILES = 50
CHUNK_BYTES = 256 * 1024
TOPIC = "capture"
PURPOSE_LENGTH = 40
MOST_AGAIN = 500

_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


class SentFile(Protocol):
    """A file of a request, spooled to disk by the server; read it in pieces."""

    filename: str
    content_type: str

    async def read(self, size: int = -1) -> bytes: ...

    async def seek(self, offset: int) -> object: ...


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file: an item, or the reason why there was nothing to keep."""

    name: str
    item: int | None
    code: str = ""
    sentence: str = ""


async def receive(files: Sequence[SentFile], *, purpose: str, upload_key: str | None) -> list[Received]:
    """Keep files for the client that is open, and queue them for reading; needs ``capture_ocr.upload``.

    The same ``upload_key`` again gives the same items. Bytes that this client has sent before become a refused item
    that points at the first. Raises Refusal ``capture.no_file``, ``capture.too_many_files``, ``capture.upload_key_wrong``.
    """
    require("capture_ocr.upload")
    client = client_in_scope()
    if not files:
        raise Refusal("capture.no_file", "没有收到文件,请重新选择要上传的发票。", status=400, field="file")
    if len(files) > MAX_FILES:
        raise Refusal(
            "capture.too_many_files", f"一次最多上传 {MAX_FILES} 个文件,请分几次上传。", status=400, field="file"
        )
    if upload_key is not None and not _KEY.fullmatch(upload_key):
        raise Refusal("capture.upload_key_wrong", "上传序号的格式不对,请刷新页面后重新上传。", status=400)
    key = upload_key or uuid.uuid4().hex
    await decide_alone(client)
    received = []
    for number, file in enumerate(files):
        try:
            item = await _receive_one(client, file, purpose.strip()[:PURPOSE_LENGTH], f"{key}/{number}")
            received.append(Received(item.name, item.id))
        except Refusal as refusal:
            received.append(Received(_shown_name(file.filename), None, refusal.code, refusal.sentence))
    await use(Live).announce(TOPIC, client)
    return received


async def _receive_one(client: int, file: SentFile, purpose: str, key: str) -> Item:
    before = await Item.objects().where(Item.client == client, Item.upload_key == key).first()
    if before is not None:
        return before
    name = _shown_name(file.filename)
    sha256, size = await _measure(file)
    if size == 0:
        raise Refusal("document.empty", f"“{name}”是空的,里面没有内容。请重新选择文件再上传。", field="file")
    if size > MAX_FILE_BYTES:
        raise Refusal(
            "document.too_large", f"“{name}”太大了,单个文件最多 50 MB。请上传原始的电子发票文件。", field="file"
        )
    sent = {"purpose": purpose, "uploaded_by": scope().user, "uploader_name": scope().user_name}
    file_ = {"upload_key": key, "name": name, "size": size, "sha256": sha256}
    return await admit(client, file_ | sent, file.content_type, _pieces(file))


async def receive_member(archive: Item, number: int, name: str, media_type: str, data: bytes) -> None:
    """Keep one file of an archive, its ``number`` counted from 0, as if it had been uploaded by itself; again, it is there already."""
    key = f"{archive.upload_key}!{number}"
    if await Item.exists().where(Item.client == archive.client, Item.upload_key == key):
        return
    sent = {"purpose": archive.purpose, "uploaded_by": archive.uploaded_by, "uploader_name": archive.uploader_name}
    sha256 = hashlib.sha256(data).hexdigest()
    file = {"upload_key": key, "name": _shown_name(name), "size": len(data), "sha256": sha256, "whole": archive.id}
    await admit(archive.client, file | sent, media_type, data)


async def admit(client: int, values: Mapping[str, Any], media_type: str, content: AsyncIterator[bytes] | bytes) -> Item:
    """Store an original and queue its new item, whose other columns are ``values``; the client's lock is held.

    Bytes that the client has sent before are not stored again: the item is refused and points at the first.
    """
    first = await _first_with(client, values["sha256"])
    kept = (
        first.document
        if first is not None
        else (await use(Documents).store(client, values["name"], media_type, content)).id
    )
    item = Item(client=client, document=kept, **values)
    if first is not None and ItemState(first.state) not in BACK_TO_CLIENT:
        item.state = ItemState.REFUSED
        item.original = first.id
        item.refusal_code = "capture.same_file"
        item.refusal_sentence = (
            f"这张票已经传过了:{day_of(first.created_at)} 由{first.uploader_name}上传的“{first.name}”,不用再传。"
        )
    await item.save()
    use(Search).changed(KIND, [item.id])
    if item.state == ItemState.QUEUED:
        await queue(item, Lane.READ)
    return item


async def _first_with(client: int, sha256: str) -> Item | None:
    """The item that holds these bytes: one still in work or booked before one that went back."""
    same = (
        await Item.objects()
        .where(Item.client == client, Item.sha256 == sha256, Item.upload_key.not_like("%#%"))
        .order_by(Item.id)
    )
    standing = [item for item in same if ItemState(item.state) not in BACK_TO_CLIENT]
    return next(iter(standing or same), None)


async def again(item_id: int) -> None:
    """Read a file that was refused once more; needs ``capture_ocr.review``. Raises Refusal ``capture.not_refused``."""
    require("capture_ocr.review")
    changed = (
        await Item.update(
            {
                Item.state: ItemState.QUEUED,
                Item.refusal_code: "",
                Item.refusal_sentence: "",
                Item.attempts: 0,
                Item.updated_at: now(),
            }
        )
        .where(Item.id == item_id, Item.state == ItemState.REFUSED, Item.original.is_null())
        .returning(Item.id)
    )
    item = await Item.objects().get(Item.id == item_id) if changed else None
    if item is None:
        raise Refusal("capture.not_refused", "只有没读成功的票据可以重新识别,请刷新页面看最新状态。", status=409)
    await queue(item, Lane.READ)
    await use(Live).announce(TOPIC, item.client)


async def again_since(day: dt.date) -> int:
    """:func:`again` for every file that was refused and uploaded on ``day`` (Asia/Shanghai) or later; how many there were, at most MOST_AGAIN."""
    require("capture_ocr.review")
    from_then = dt.datetime.combine(day, dt.time(), BUSINESS_TIME_ZONE)
    found = (
        await Item.select(Item.id)
        .where(Item.state == ItemState.REFUSED, Item.original.is_null(), Item.created_at >= from_then)
        .order_by(Item.id)
        .limit(MOST_AGAIN)
    )
    for row in found:
        await again(row["id"])
    return len(found)


async def _measure(file: SentFile) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    async for piece in _pieces(file):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


async def _pieces(file: SentFile) -> AsyncIterator[bytes]:
    await file.seek(0)
    while piece := await file.read(CHUNK_BYTES):
        yield piece


def _shown_name(name: str) -> str:
    """The last part of the file's name, without control characters, at most 200 characters with its ending."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip() or "未命名文件"
    stem, dot, ending = clean.rpartition(".")
    return clean if len(clean) <= 200 else f"{stem[:180]}{dot}{ending[-19:]}"
