"""票据: a client's files with filters, and one file with its facts and, when it went back, what to do (CAP-4, CAP-5)."""

from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_capture_ocr.pages.asking import Asked, text_form, wants_data
from zhangfang_capture_ocr.pages.capture import as_data
from zhangfang_capture_ocr.reading import Refused
from zhangfang_capture_ocr.reading.confined import draw_confined
from zhangfang_capture_ocr.records import ask_again
from zhangfang_capture_ocr.records.asking import PERMISSION as CHECK
from zhangfang_capture_ocr.services import listing, uploads
from zhangfang_capture_ocr.services.listing import FILTERS
from zhangfang_capture_ocr.services.pictures import stands_at
from zhangfang_capture_ocr.services.showing import shown_invoice
from zhangfang_sdk.context import scope, transaction
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

WORDS_LENGTH = 60
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


@page("/capture/items", of=(FIRM, CLIENT), permission="capture_ocr.read")
async def items_page(
    request: Asked,
    show: str = "all",
    words: str = "",
    before: int | None = None,
) -> Page | Response[list[dict[str, Any]]]:
    """Files newest first: the client's, or at the firm those of all clients. ``show`` is a key of FILTERS."""
    chosen = show if show in FILTERS else "all"
    asked = words.replace("\x00", "")[:WORDS_LENGTH]
    rows, more = await listing.filtered(chosen, asked, before)
    if wants_data(request):
        return Response([as_data(row) for row in rows])
    counts = await listing.counts()
    return Page(
        "capture_ocr/items.html",
        title="票据",
        active="items" if not scope().staff else "desk-items",
        names=await listing.client_names() if scope().client is None else {},
        rows=rows,
        more=more,
        words=asked,
        chosen=chosen,
        filters=[(key, label, counts.get(key, 0)) for key, (label, _) in FILTERS.items()],
    )


@page("/capture/items/{item_id:int}", of=CLIENT, permission="capture_ocr.upload")
async def item_page(item_id: int) -> Page:
    """One file: what was read, what became of it, what to do. People who only hand in see their own."""
    row = await listing.one(item_id)
    return Page(
        "capture_ocr/item.html",
        title=row.title,
        active="items",
        back=here("/capture/items" if scope().may("capture_ocr.read") else "/capture"),
        row=row,
        shown=await shown_invoice(item_id),
    )


@page("/capture/items/{item_id:int}/picture", of=CLIENT, permission="documents.read", stream=True)
async def item_picture(item_id: int) -> Response[bytes] | Redirect:
    """A photograph upright, as a JPEG of our own; back to the item where it is none. No transaction is open while it is drawn."""
    data = await listing.content(item_id)
    async with transaction():
        page, turned = await stands_at(item_id)
    try:
        drawn = await draw_confined(data, turned, page)
    except Refused:
        return go(here(f"/capture/items/{item_id}"))
    return Response(drawn, media_type="image/jpeg", headers=_PRIVATE)


@action("/capture/items/{item_id:int}/again", of=CLIENT, permission="capture_ocr.review")
async def read_again(item_id: int) -> Redirect:
    """Read a refused file once more."""
    await listing.one(item_id)
    await uploads.again(item_id)
    return go(here(f"/capture/items/{item_id}"))


@action("/capture/items/{item_id:int}/check", of=CLIENT, permission=CHECK)
async def check(request: Asked, item_id: int) -> Redirect:
    """Ask the tax administration's records about this invoice."""
    await listing.one(item_id)
    await ask_again(item_id, (await text_form(request)).get("reason", ""))
    return go(here(f"/capture/items/{item_id}"))


PAGES: list[HTTPRouteHandler] = [items_page, item_page, item_picture, read_again, check]
