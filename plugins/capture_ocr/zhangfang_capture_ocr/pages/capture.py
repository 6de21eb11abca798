"""拍票: the camera, the album, and what became of each file (CAP-1, CAP-5, CAP-11)."""

from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_capture_ocr.pages.asking import Asked, wants_data, wants_piece
from zhangfang_capture_ocr.services import listing, uploads
from zhangfang_capture_ocr.services.listing import Listed
from zhangfang_sdk.context import scope
from zhangfang_sdk.places import here
from zhangfang_sdk.uploads import sent_files
from zhangfang_sdk.web import CLIENT, Page, action, go, page

PURPOSES = ("进货", "店面", "运费", "差旅", "招待", "水电房租", "办公", "其他")


@page("/capture", of=CLIENT, permission="capture_ocr.upload")
async def capture_page() -> Page:
    """Hand files in for the client."""
    return Page(
        "capture_ocr/capture.html",
        title="拍票上传",
        active="snap" if not scope().staff else "desk-snap",
        rows=await listing.recent(),
        purposes=[(purpose, purpose) for purpose in PURPOSES],
        max_bytes=uploads.MAX_FILE_BYTES,
    )


@action("/capture/uploads", of=CLIENT, permission="capture_ocr.upload", request_max_body_size=uploads.MAX_REQUEST_BYTES)
async def upload(request: Asked) -> Page | Response[dict[str, Any]] | Redirect:
    """Keep the files of the form (``file`` or ``upload``, any number; ``purpose``) and answer each with its row or as JSON.

    ``X-Upload-Key`` makes a repeated request the same upload. A file that cannot be kept is answered with its reason.
    """
    form = await request.form()
    purpose = next((value for value in form.getall("purpose", []) if isinstance(value, str)), "")
    received = await uploads.receive(await sent_files(form), purpose=purpose, upload_key=request.headers.get("x-upload-key"))
    rows = [None if each.item is None else await listing.one(each.item) for each in received]
    if wants_data(request):
        return Response(
            {
                "files": [
                    as_data(row)
                    if row
                    else {"name": each.name, "state": "not_kept", "code": each.code, "reason": each.sentence}
                    for row, each in zip(rows, received, strict=True)
                ]
            }
        )
    if not wants_piece(request) and all(rows):
        return go(here("/capture"))
    return Page(
        "capture_ocr/rows.html" if wants_piece(request) else "capture_ocr/received.html",
        fragment=wants_piece(request),
        title="上传结果",
        active="snap",
        rows=[row or each for row, each in zip(rows, received, strict=True)],
    )


@page("/capture/uploads/{item_id:int}/row", of=CLIENT, permission="capture_ocr.upload")
async def upload_row(request: Asked, item_id: int) -> Page | Response[dict[str, Any]]:
    """One file's row, as it stands now."""
    row = await listing.one(item_id)
    if wants_data(request):
        return Response(as_data(row))
    return Page("capture_ocr/rows.html", fragment=True, rows=[row])


def as_data(row: Listed) -> dict[str, Any]:
    """A file as programs read it; ``total`` in fen."""
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state.value,
        "reason": row.reason,
        "kind": row.kind,
        "number": row.number,
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
        "other_party": row.other_party,
        "total": row.total,
        "sure": row.sure,
    }


PAGES: list[HTTPRouteHandler] = [capture_page, upload, upload_row]
