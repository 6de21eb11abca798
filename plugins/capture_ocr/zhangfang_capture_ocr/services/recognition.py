"""What is seen on the pages of a file: asked of the firm's recognising vendor once, and kept."""

import json
from collections.abc import Mapping
from typing import Any

from zhangfang_capture_ocr.reading.confined import decode_confined
from zhangfang_capture_ocr.reading.qr import PlacedCode
from zhangfang_capture_ocr.seen_pages import SeenPage, loaded, seen_page, written
from zhangfang_capture_ocr.stored_readings import as_value
from zhangfang_capture_ocr.tables import Item, Recognition
from zhangfang_sdk.recognition import TextRecogniser
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import Vendors


async def see(data: bytes, page: int) -> tuple[SeenPage | None, str]:
    """Text and codes of one page of a stranger's file, None where it is blank, and who recognised it; call it with no transaction open.

    Raises ``Refused`` of the confined decoder, NoVendorAnswered, VendorRefused.
    """
    decoded = await decode_confined(data, page)
    if decoded is None:
        return None, ""
    answered = await use(Vendors).call(TextRecogniser, lambda vendor: vendor.recognise(decoded.bitmap))
    return seen_page(decoded.bitmap, answered.value, decoded.codes, decoded.look), answered.vendor


async def keep(item: Item, page: int, seen: SeenPage | None, engine: str) -> None:
    """Keep what was seen, in the caller's transaction, which holds the item; what was kept of that page before is replaced."""
    columns: dict[Any, Any] = {Recognition.engine: engine[:80], Recognition.blank: seen is None}
    if seen is not None:
        codes = [[code.text, code.x, code.y] for code in seen.codes]
        columns |= {
            Recognition.turned: seen.turned,
            Recognition.page_shape: seen.shape,
            Recognition.look: seen.look,
            Recognition.boxes: written(seen.boxes),
            Recognition.codes: json.dumps(codes, ensure_ascii=False),
        }
    kept = (
        await Recognition.update(columns)
        .where(Recognition.item == item.id, Recognition.page == page)
        .returning(Recognition.id)
    )
    if not kept:
        row = Recognition(client=item.client, item=item.id, page=page)
        for column, value in columns.items():
            setattr(row, column._meta.name, value)
        await row.save()


async def pages_kept(item_id: int) -> dict[int, SeenPage | None]:
    """What was kept of an item's pages, by page; None for blank ones."""
    rows = await Recognition.select().where(Recognition.item == item_id)
    return {row["page"]: None if row["blank"] else _page(row) for row in rows}


def _page(row: Mapping[str, Any]) -> SeenPage:
    return SeenPage(
        loaded(as_value(row["boxes"])),
        tuple(PlacedCode(*code) for code in as_value(row["codes"])),
        row["page_shape"],
        row["turned"],
        row["look"],
    )
