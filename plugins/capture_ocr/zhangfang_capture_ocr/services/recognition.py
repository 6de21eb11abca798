"""What is seen on a picture: asked of the firm's recognising vendor once, kept, and made into a reading from what was kept."""

import asyncio
import json

from zhangfang_capture_ocr.extracting import read_picture
from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.reading.confined import decode_confined
from zhangfang_capture_ocr.seen_pages import SeenPage, seen_page, written
from zhangfang_capture_ocr.stored_readings import as_value
from zhangfang_capture_ocr.tables import Item, Recognition
from zhangfang_sdk.recognition import TextBox, TextRecogniser
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import Vendors


async def see(data: bytes) -> tuple[SeenPage, str]:
    """The text and codes of a stranger's picture, and who recognised it; call it where no transaction is open.

    Raises ``Refused`` of the confined decoder, NoVendorAnswered, VendorRefused.
    """
    bitmap, codes = await decode_confined(data)
    answered = await use(Vendors).call(TextRecogniser, lambda vendor: vendor.recognise(bitmap))
    return seen_page(bitmap, answered.value, codes), answered.vendor


async def keep(item: Item, page: SeenPage, engine: str) -> None:
    """Keep what was seen, in the caller's transaction, which holds the item; an earlier picture's is replaced."""
    columns = {
        Recognition.engine: engine[:80],
        Recognition.turned: page.turned,
        Recognition.page_shape: page.shape,
        Recognition.boxes: written(page.boxes),
        Recognition.codes: json.dumps([code.replace("\x00", "") for code in page.codes], ensure_ascii=False),
    }
    kept = await Recognition.update(columns).where(Recognition.item == item.id).returning(Recognition.id)
    if not kept:
        row = Recognition(client=item.client, item=item.id)
        for column, value in columns.items():
            setattr(row, column._meta.name, value)
        await row.save()


async def reading_of_kept(item_id: int) -> tuple[Reading, int]:
    """The reading of what was kept of an item's picture, and by how many degrees clockwise that picture is turned upright."""
    row = await Recognition.select().where(Recognition.item == item_id).first()
    if row is None:
        raise RuntimeError(f"item {item_id} is recognised and nothing was kept of it")
    boxes = [TextBox(**box) for box in as_value(row["boxes"])]
    reading = await asyncio.to_thread(read_picture, boxes, as_value(row["codes"]), row["page_shape"])
    return reading, row["turned"]
