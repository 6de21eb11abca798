"""A file's reading laid down as items: the uploaded one takes the first invoice, every other part becomes an item beside it."""

from dataclasses import dataclass

from zhangfang_capture_ocr import places
from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.reading import FileReading, InvoiceKind, LeftOver, Place, Reading, Refused
from zhangfang_capture_ocr.search_source import KIND
from zhangfang_capture_ocr.services import recognition
from zhangfang_capture_ocr.services.lanes import Lane, queue
from zhangfang_capture_ocr.services.uploads import TOPIC
from zhangfang_capture_ocr.states import ItemState
from zhangfang_capture_ocr.stored_readings import columns_of
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.live import Live
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

PART = "#"
"""Stands in the upload key of an item that is a further part of another's file, before its number."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing to be booked or looked at; ``code`` says why it is no invoice ("" where it is one)."""

    place: Place
    reading: Reading
    copies: tuple[Place, ...] = ()
    code: str = ""


async def settle(item: Item, whole: FileReading, before: ItemState) -> None:
    """Lay down what was read of an item that is at the step ``before``, in the caller's transaction; nothing where another worker did.

    Every part's invoice is written; items of further parts get a job of their own, so that each is checked once.
    """
    parts = _parts(whole, item)
    first = parts[0]
    if not await moved(item.id, before, ItemState.CHECKING if not first.code else ItemState.NEEDS_REVIEW):
        return
    turned = {page: seen.turned for page, seen in (await recognition.pages_kept(item.id)).items() if seen is not None}
    if len(parts) > 1:
        await Item.update({Item.place: places.written(first.place, first.copies)}).where(Item.id == item.id)
    await _lay_down(item, first, turned)
    for number, part in enumerate(parts[1:], start=1):
        await _beside(item, number, part, turned)
    await use(Live).announce(TOPIC, item.client)


def _parts(whole: FileReading, item: Item) -> list[_Part]:
    found = [_Part(each.place, each.reading, each.copies) for each in whole.found]
    found += [_Part(each.place, _unread(each), code=each.code) for each in whole.left]
    if not found:
        nothing = LeftOver(Place((0,)), "page.nothing_read", "")
        found = [_Part(nothing.place, _unread(nothing), code=nothing.code)]
    if PART not in item.upload_key:
        return found
    # A part that is read again is that part alone: the others have items of their own.
    place = places.place_of(item.place)
    return [part for part in found if part.place == place] or found[:1]


def _unread(left: LeftOver) -> Reading:
    return Reading(InvoiceKind.OTHER, {}, (), left.text, len(left.place.pages))


async def _beside(item: Item, number: int, part: _Part, turned: dict[int, int]) -> None:
    key = f"{item.upload_key}{PART}{number}"
    if await Item.exists().where(Item.client == item.client, Item.upload_key == key):
        return
    other = Item(
        client=item.client,
        document=item.document,
        upload_key=key,
        name=item.name,
        size=item.size,
        sha256=item.sha256,
        purpose=item.purpose,
        whole=item.id,
        place=places.written(part.place, part.copies),
        state=ItemState.CHECKING if not part.code else ItemState.NEEDS_REVIEW,
        uploaded_by=item.uploaded_by,
        uploader_name=item.uploader_name,
    )
    await other.save()
    await _lay_down(other, part, turned)
    if not part.code:
        await queue(other, Lane.READ)


async def _lay_down(item: Item, part: _Part, turned: dict[int, int]) -> None:
    page = part.place.pages[0] if part.place.pages else 0
    columns = columns_of(part.reading) | {"turned": turned.get(page, 0)}
    kept = await Invoice.update(**columns, updated_at=now()).where(Invoice.item == item.id).returning(Invoice.id)
    if not kept:
        await Invoice(client=item.client, item=item.id, document=item.document, live=False, **columns).save()
    use(Search).changed(KIND, [item.id])
    if part.code:
        await Item.update(
            {Item.refusal_code: part.code, Item.refusal_sentence: Refused(part.code).sentence, Item.updated_at: now()}
        ).where(Item.id == item.id)


async def moved(item: int, before: ItemState, after: ItemState) -> bool:
    """Move an item on, unless another worker did; the row is held until the transaction ends."""
    changed = await (
        Item.update({Item.state: after, Item.updated_at: now()})
        .where(Item.id == item, Item.state == before)
        .returning(Item.id)
    )
    return bool(changed)
