"""A file's page, its original, and the pictures of its pages."""

from urllib.parse import quote

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream, Template

from zhangfang_core.documents.names import UNKNOWN_TYPE, shown_size
from zhangfang_core.documents.preview import DRAWABLE, page_image
from zhangfang_core.documents.service import StoredDocuments
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.documents import Document
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, Page, page

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"})
"""What browsers draw and what cannot carry script (SVG can)."""

PAGES_SHOWN = 100

_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
_PICTURE_POLICY = "default-src 'none'; sandbox"
# Browsers refuse to show a PDF in a sandboxed document; their viewers confine its scripts themselves.
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@page("/documents/{document_id:int}", of=CLIENT, permission="documents.read", for_auditors="page")
async def document_page(document_id: int) -> Page:
    """What the file is, and its picture where there is one."""
    document = await StoredDocuments().document(document_id)
    client = await use(Clients).client(document.client)
    has_picture = document.media_type in PICTURES or document.media_type == DRAWABLE
    return Page(
        "documents/document.html",
        title=document.name,
        document=document,
        client=client,
        size=shown_size(document.size),
        is_picture=document.media_type in PICTURES,
        is_drawable=document.media_type == DRAWABLE,
        cards=() if has_picture else await use(Cards).shown("document", document.client, str(document.id)),
    )


@page("/documents/{document_id:int}/file", of=CLIENT, permission="documents.read", for_auditors="page")
async def original_file(document_id: int, download: bool = False) -> Stream:
    """The bytes as they came. Pictures and PDFs are shown, all else is only ever downloaded. They flow when the transaction is over."""
    original = await StoredDocuments().original(document_id)
    return Stream(
        original.content.stream(),
        media_type=_served_type(original.document),
        headers={**_PRIVATE, **_presentation(original.document, download=download)},
    )


original_file.opt["tells_itself"] = True  # each look at a file is on the trail, shown or downloaded


def _served_type(document: Document) -> str:
    return document.media_type if document.media_type in PICTURES or document.media_type == DRAWABLE else UNKNOWN_TYPE


def _presentation(document: Document, *, download: bool) -> dict[str, str]:
    shown = not download and _served_type(document) != UNKNOWN_TYPE
    name = quote(document.name, safe="")
    policy = _PDF_POLICY if document.media_type == DRAWABLE else _PICTURE_POLICY
    return {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}",
        "Content-Security-Policy": policy,
    }


@page("/documents/{document_id:int}/pages", of=CLIENT, permission="documents.read", stream=True, for_auditors="page")
async def drawn_pages(document_id: int) -> Template:
    """A fragment: the pictures of a PDF's pages. The first one is drawn here, so that their number is known.

    Not a Page: that would ask the database for the actor, and no transaction is open while pages are drawn.
    """
    first = await page_image(document_id, 1)
    values = {"document_id": document_id, "pages": first.pages, "shown": min(first.pages, PAGES_SHOWN)}
    return Template("documents/pages.html", context=values, media_type="text/html", headers=_PRIVATE)


@page(
    "/documents/{document_id:int}/preview/{number:int}",
    of=CLIENT,
    permission="documents.read",
    examples={"number": "1"},
    stream=True,
    for_auditors="page",
)
async def page_picture(document_id: int, number: int) -> Response[bytes]:
    """One page of a PDF as PNG."""
    found = await page_image(document_id, number)
    return Response(
        found.png,
        media_type="image/png",
        headers={**_PRIVATE, "Content-Security-Policy": _PICTURE_POLICY},
    )


HANDLERS: list[HTTPRouteHandler] = [document_page, original_file, drawn_pages, page_picture]
