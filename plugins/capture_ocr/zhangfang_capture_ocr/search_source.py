"""Files and the invoices read from them, as they are found: parties, numbers, amounts, lines, and every word on the picture."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhangfang_capture_ocr.services.listing import title_of
from zhangfang_capture_ocr.stored_readings import MONEY_FIELDS, TEXT_FIELDS, as_value
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.search import LONGEST_TITLE, SearchEntry, SearchSource

KIND = "capture_ocr.items"


async def write(ids: Sequence[int]) -> Sequence[SearchEntry]:
    wanted = list(ids)
    rows = await Invoice.select().where(Invoice.item.is_in(wanted)) if wanted else []
    invoices: dict[int, Mapping[str, Any]] = {row["item"]: row for row in rows}
    return [_entry(item, invoices.get(item.id, {})) for item in await Item.objects().where(Item.id.is_in(wanted))]


async def ids(after: int, limit: int) -> Sequence[int]:
    return [row["id"] for row in await Item.select(Item.id).where(Item.id > after).order_by(Item.id).limit(limit)]


def _entry(item: Item, invoice: Mapping[str, Any]) -> SearchEntry:
    sent_on = item.created_at.astimezone(BUSINESS_TIME_ZONE).date()
    return SearchEntry(
        id=int(item.id),
        client=int(item.client),
        title=title_of(item.name, invoice)[:LONGEST_TITLE],
        text=" ".join(word for word in (*_words(invoice), item.name, item.purpose, item.uploader_name) if word),
        path=f"/capture/items/{item.id}",
        day=invoice.get("issued_on") or sent_on,
        owner=item.uploaded_by,
    )


def _words(invoice: Mapping[str, Any]) -> Iterator[str]:
    """What is known of the invoice first, so that it is shown; then the rest of what stands on it."""
    if not invoice:
        return
    yield from (str(invoice[name] or "") for name in ("kind", "issued_on", *TEXT_FIELDS))
    yield from (yuan(invoice[name]) for name in MONEY_FIELDS if invoice[name] is not None)
    yield from (str(line.get("name") or "") for line in as_value(invoice["lines"]))
    yield invoice["text"]


ITEMS = SearchSource("items", "票据", "capture_ocr.read", write, ids, own_permission="capture_ocr.upload")
