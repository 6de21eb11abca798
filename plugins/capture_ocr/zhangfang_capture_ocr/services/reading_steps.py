"""From an uploaded file to a draft voucher, in short steps that bear being cut off anywhere and run again.

Each step is one transaction that first moves the item's state under a guard, so that of two workers with the same file
one does it and the other finds it done. No transaction is open while the file is read in its confined process; reading is a
pure function of the kept bytes, so it may simply happen again.
"""

import logging

from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.reading import Reading, Refused
from zhangfang_capture_ocr.reading.confined import read_confined
from zhangfang_capture_ocr.services.checking import check
from zhangfang_capture_ocr.services.uploads import TOPIC
from zhangfang_capture_ocr.states import ItemState
from zhangfang_capture_ocr.stored_readings import columns_of
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.context import transaction
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.notifications import Live
from zhangfang_sdk.services import use

log = logging.getLogger("zhangfang.capture_ocr")

TRIES = 5
FOR_A_PERSON = frozenset(
    {
        "file.not_yet",
        "pdf.no_text",
        "pdf.too_many_pages",
        "pdf.too_much_text",
        "decode.too_slow",
        "decode.too_big",
        "decode.crashed",
    }
)
"""Readable by a person though not by us: kept for the accountant, who types it in beside the picture."""
BY_EYE = "已经收到,会计会看着原件录入,您不用重传。如果有电子发票(PDF 或 XML),补传一份会更快。"
GAVE_UP = Refusal("capture.gave_up", "这张票自动识别没有成功,会计会看着原件录入,您不用重传。")


async def read_item(item: int) -> None:
    """Bring one item to its end; called in the firm's system scope with no transaction open."""
    claimed = await _claim(item)
    if claimed is None:
        return
    try:
        if claimed.state == ItemState.READING:
            await _read(claimed)
        await check(item)
    except Refusal as refusal:
        await _leave_to_person(item, refusal)
    except Exception:
        if claimed.attempts < TRIES:
            raise
        log.exception("item %s could not be read in %s attempts", item, TRIES)
        await _leave_to_person(item, GAVE_UP)


async def _claim(item: int) -> Item | None:
    """Mark the item as being read, unless its reading is over; count the attempt."""
    async with transaction():
        await Item.update({Item.state: ItemState.READING, Item.updated_at: now()}).where(
            Item.id == item, Item.state == ItemState.QUEUED
        )
        await Item.update({Item.attempts: Item.attempts + 1}).where(
            Item.id == item, Item.state.is_in([ItemState.READING, ItemState.CHECKING])
        )
        claimed = (
            await Item.objects()
            .where(Item.id == item, Item.state.is_in([ItemState.READING, ItemState.CHECKING]))
            .first()
        )
        if claimed is not None:
            await use(Live).announce(TOPIC, claimed.client)
        return claimed


async def _read(item: Item) -> None:
    async with transaction():
        data = await use(Documents).content(item.document)
    try:
        reading = await read_confined(data, item.name)
    except Refused as refused:
        await _end(
            item.id,
            ItemState.NEEDS_REVIEW if refused.code in FOR_A_PERSON else ItemState.REFUSED,
            refused.code,
            BY_EYE if refused.code == "file.not_yet" else refused.sentence,
        )
        return
    await _keep(item, reading)


async def _keep(item: Item, reading: Reading) -> None:
    async with transaction():
        moved = await (
            Item.update({Item.state: ItemState.CHECKING, Item.updated_at: now()})
            .where(Item.id == item.id, Item.state == ItemState.READING)
            .returning(Item.id)
        )
        if not moved:
            return
        columns = columns_of(reading)
        kept = await Invoice.update(**columns, updated_at=now()).where(Invoice.item == item.id).returning(Invoice.id)
        if not kept:
            await Invoice(client=item.client, item=item.id, document=item.document, live=False, **columns).save()
        await use(Live).announce(TOPIC, item.client)


async def _leave_to_person(item: int, refusal: Refusal) -> None:
    await _end(item, ItemState.NEEDS_REVIEW, refusal.code, refusal.sentence)


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
            .where(Item.id == item, Item.state.is_in([ItemState.QUEUED, ItemState.READING, ItemState.CHECKING]))
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
