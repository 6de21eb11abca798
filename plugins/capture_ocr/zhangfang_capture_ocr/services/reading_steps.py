"""From an uploaded file to a draft voucher, in short steps that bear being cut off anywhere and run again.

Each step is one transaction that first moves the item's state under a guard, so that of two workers with the same file
one does it and the other finds it done. No transaction is open while the file is read in its confined process or a picture
is recognised; reading is a pure function of the kept bytes, so it may simply happen again. A picture's text is kept as soon
as it was recognised, page by page, so that a later step that is cut off asks no engine twice. Several invoices in one file
become an item each, with a job of its own. What turns out to be pictures or an archive goes on in the lane of those.
"""

import asyncio
import logging

from zhangfang_capture_ocr.assembling import assembled
from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.reading import FileReading, Refused
from zhangfang_capture_ocr.reading.confined import read_confined
from zhangfang_capture_ocr.services import recognition
from zhangfang_capture_ocr.services.checking import check
from zhangfang_capture_ocr.services.dividing import moved, settle
from zhangfang_capture_ocr.services.lanes import Lane, lane_for, queue
from zhangfang_capture_ocr.services.unpacking import unpack
from zhangfang_capture_ocr.services.uploads import TOPIC
from zhangfang_capture_ocr.states import ItemState
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.context import transaction
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.live import Live
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import NoVendorAnswered, VendorRefused

log = logging.getLogger("zhangfang.capture_ocr")

TRIES = 5
FOR_A_PERSON = frozenset(
    {
        "file.not_yet",
        "pdf.too_many_pages",
        "pdf.too_much_text",
        "decode.too_slow",
        "decode.too_big",
        "decode.crashed",
    }
)
"""Readable by a person though not by us: kept for the accountant, who types it in beside the picture."""
IN_WORK = [ItemState.READING, ItemState.RECOGNISED, ItemState.CHECKING]
BY_EYE = "已经收到,会计会看着原件录入,您不用重传。如果有电子发票(PDF 或 XML),补传一份会更快。"
GAVE_UP = Refusal("capture.gave_up", "这张票自动识别没有成功,会计会看着原件录入,您不用重传。")


async def read_item(item: int, lane: Lane) -> None:
    """Bring one item to its end, or pass it on where it belongs to another lane; in the firm's system scope with no transaction open."""
    claimed = await _claim(item)
    if claimed is None:
        return
    try:
        if claimed.state == ItemState.READING:
            await _read(claimed, lane)
        await _extract(claimed)
        await check(item)
    except VendorRefused as refused:
        await _leave_to_person(item, refused.code, refused.sentence)
    except Exception as error:
        if isinstance(error, Refusal) and not isinstance(error, NoVendorAnswered):
            await _leave_to_person(item, error.code, error.sentence)
            return
        if claimed.attempts < TRIES:
            raise
        log.exception("item %s could not be read in %s attempts", item, TRIES)
        await _leave_to_person(item, GAVE_UP.code, GAVE_UP.sentence)


async def _claim(item: int) -> Item | None:
    """Mark the item as being read, unless its reading is over; count the attempt."""
    async with transaction():
        await Item.update({Item.state: ItemState.READING, Item.updated_at: now()}).where(
            Item.id == item, Item.state == ItemState.QUEUED
        )
        await Item.update({Item.attempts: Item.attempts + 1}).where(Item.id == item, Item.state.is_in(IN_WORK))
        claimed = await Item.objects().where(Item.id == item, Item.state.is_in(IN_WORK)).first()
        if claimed is not None:
            await use(Live).announce(TOPIC, claimed.client)
        return claimed


async def _read(item: Item, lane: Lane) -> None:
    data = await _content(item)
    try:
        whole = await read_confined(data, item.name)
        if lane_for(whole) not in (lane, Lane.READ):
            await _pass_on(item, lane_for(whole))
            return
        if whole.is_archive:
            await unpack(item, data)
            return
        await _look_at_pictures(item, data, whole)
    except Refused as refused:
        await _end(
            item.id,
            ItemState.NEEDS_REVIEW if refused.code in FOR_A_PERSON else ItemState.REFUSED,
            refused.code,
            BY_EYE if refused.code == "file.not_yet" else refused.sentence,
        )
        return
    async with transaction():
        if not whole.unseen:
            await settle(item, whole, ItemState.READING)
        elif await moved(item.id, ItemState.READING, ItemState.RECOGNISED):
            await use(Live).announce(TOPIC, item.client)


async def _pass_on(item: Item, lane: Lane) -> None:
    async with transaction():
        if await moved(item.id, ItemState.READING, ItemState.QUEUED):
            await Item.update({Item.attempts: 0}).where(Item.id == item.id)
            await queue(item, lane)


async def _content(item: Item) -> bytes:
    async with transaction():
        return await use(Documents).content(item.document)


async def _look_at_pictures(item: Item, data: bytes, whole: FileReading) -> None:
    """Have each page that is a picture recognised and keep what was seen; pages that were kept before are not asked for again."""
    async with transaction():
        kept = await recognition.pages_kept(item.id)
    for page in (each.page for each in whole.unseen if each.page not in kept):
        seen, engine = await recognition.see(data, page)
        async with transaction():
            if await moved(item.id, ItemState.READING, ItemState.READING):
                await recognition.keep(item, page, seen, engine)


async def _extract(item: Item) -> None:
    """Find the invoices in what was recognised; nothing for items that are not at this step."""
    async with transaction():
        if not await Item.exists().where(Item.id == item.id, Item.state == ItemState.RECOGNISED):
            return
        kept = await recognition.pages_kept(item.id)
    whole = await read_confined(await _content(item), item.name)
    found = await asyncio.to_thread(assembled, whole, kept)
    async with transaction():
        await settle(item, found, ItemState.RECOGNISED)


async def _leave_to_person(item: int, code: str, sentence: str) -> None:
    await _end(item, ItemState.NEEDS_REVIEW, code, sentence)


async def _end(item: int, state: ItemState, code: str, sentence: str) -> None:
    async with transaction():
        ended = await (
            Item.update(
                {
                    Item.state: state,
                    Item.refusal_code: code,
                    Item.refusal_sentence: sentence,
                    Item.updated_at: now(),
                }
            )
            .where(Item.id == item, Item.state.is_in([ItemState.QUEUED, *IN_WORK]))
            .returning(Item.client, Item.document)
        )
        if ended:
            if state is ItemState.NEEDS_REVIEW:
                await _blank_invoice(item, ended[0]["client"], ended[0]["document"])
            await use(Live).announce(TOPIC, ended[0]["client"])


async def _blank_invoice(item: int, client: int, document: int) -> None:
    """An invoice to be filled in by a person, where the reading gave none."""
    if not await Invoice.exists().where(Invoice.item == item):
        await Invoice(client=client, item=item, document=document, live=False).save()
