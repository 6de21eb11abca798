"""The picture of one item: its page upright with the places of its fields, or its data laid out as the printed form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhangfang_capture_ocr.places import first_page
from zhangfang_capture_ocr.reading import Box, Reading
from zhangfang_capture_ocr.tables import Item, Recognition
from zhangfang_capture_ocr.typeset import HEIGHT, WIDTH, Sheet, typeset
from zhangfang_sdk.documents import Document, Documents
from zhangfang_sdk.places import at
from zhangfang_sdk.services import use

SURE = 900
"""Per mille: a field below it is lit up for a look."""
A4_SHAPE = 1414
SHOWN_BY_BROWSERS = frozenset({"image/jpeg", "image/png", "image/webp", "image/bmp"})


@dataclass(frozen=True, slots=True)
class Picture:
    """How the document is shown: ``sheet`` laid out from data, else ``image`` (an address). Boxes: field, x, y, width, height, low.

    A line's box is called by :func:`line_box`.
    """

    width: int
    height: int
    image: str
    sheet: Sheet | None
    boxes: tuple[tuple[str, int, int, int, int, bool], ...]
    alt: str


def line_box(place: int) -> str:
    """The name of the box of a line, counted from 0."""
    return f"line_{place}"


async def picture_of(item: Item, row: dict[str, Any], reading: Reading, lit: frozenset[str]) -> Picture | None:
    """The page's image with the places of what was read, data laid out for XML and OFD; None where there is nothing to look at."""
    document: Document = await use(Documents).document(item.document)
    alt = f"{row['kind'] or '票据'}" + (f",号码 {row['number']}" if row["number"] else "")
    page = first_page(item.place)
    if document.media_type == "application/pdf":
        height = WIDTH * (row["page_shape"] or A4_SHAPE) // 1000
        image = at(item.client, f"/documents/{item.document}/preview/{page + 1}")
        return Picture(WIDTH, height, image, None, _boxes(reading, page, height, lit), alt)
    if document.media_type.startswith("image/"):
        seen = await _seen(item, page)
        turned, shape = (seen["turned"], seen["page_shape"]) if seen else (0, 0)
        height = WIDTH * (shape or row["page_shape"] or 1000 * HEIGHT // WIDTH) // 1000
        as_it_is = document.media_type in SHOWN_BY_BROWSERS and not turned
        path = f"/documents/{item.document}/file" if as_it_is else f"/capture/items/{item.id}/picture"
        return Picture(WIDTH, height, at(item.client, path), None, _boxes(reading, page, height, lit), alt)
    if not reading.fields:
        return None
    sheet = typeset(reading)
    boxes = tuple((f.field, f.x, f.y, f.width, f.height, f.field in lit) for f in sheet.frames)
    return Picture(WIDTH, HEIGHT, "", sheet, boxes, alt)


async def stands_at(item_id: int) -> tuple[int, int]:
    """The page of its file on which an item begins, from 0, and how far that has to be turned clockwise to stand upright."""
    item = await Item.objects().get(Item.id == item_id)
    if item is None:
        return 0, 0
    page = first_page(item.place)
    seen = await _seen(item, page)
    return page, seen["turned"] if seen else 0


async def _seen(item: Item, page: int) -> dict[str, Any] | None:
    """How the page was seen: with the item itself, or with the file that it was found in."""
    holders = [item.id] if item.whole is None else [item.id, item.whole]
    columns = (Recognition.turned, Recognition.page_shape)
    rows = await Recognition.select(*columns).where(Recognition.item.is_in(holders), Recognition.page == page)
    return dict(rows[0]) if rows else None


def _boxes(
    reading: Reading, page: int, height: int, lit: frozenset[str]
) -> tuple[tuple[str, int, int, int, int, bool], ...]:
    boxes = []
    for name, box, low in _placed(reading, lit):
        if box is None or box.page != page:
            continue
        left, top = round(box.left * WIDTH) - 6, round(box.top * height) - 5
        right, bottom = round(box.right * WIDTH) + 6, round(box.bottom * height) + 5
        boxes.append((name, left, top, max(right - left, 12), max(bottom - top, 12), low))
    return tuple(boxes)


def _placed(reading: Reading, lit: frozenset[str]) -> Iterator[tuple[str, Box | None, bool]]:
    """Lines first, so that a field that stands within one lies above it."""
    for place, line in enumerate(reading.lines):
        yield line_box(place), line.box, line_box(place) in lit
    for name, found in reading.fields.items():
        yield name, found.box, name in lit or found.confidence < SURE
