"""Opens a PDF safely and reads the invoice in it: embedded data first, the text layer beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from zhangfang_capture_ocr.reading.parts import FileReading, Found, Place, Unseen
from zhangfang_capture_ocr.reading.pdf_page import page_of
from zhangfang_capture_ocr.reading.pictures import rendered
from zhangfang_capture_ocr.reading.printed import invoices_on
from zhangfang_capture_ocr.reading.qr import codes_in
from zhangfang_capture_ocr.reading.refusals import MAX_PDF_BYTES, MAX_PDF_PAGES, MAX_XML_BYTES, Refused
from zhangfang_capture_ocr.reading.values import FieldValue, Reading, Value
from zhangfang_capture_ocr.reading.xml_invoices import read_xml

CODE_SIDE: Final = 1_600
"""Longest side of the picture of a page in which QR codes are looked for, in pixels."""
_MAX_ATTACHMENTS: Final = 32
_COMPARED: Final = (
    "number",
    "issued_on",
    "buyer_name",
    "buyer_tax_id",
    "seller_name",
    "seller_tax_id",
    "amount",
    "tax",
    "total",
)


def read_pdf(data: bytes) -> FileReading:
    """Everything in one PDF. Raises `Refused`: `file.too_large`, `pdf.*`."""
    if len(data) > MAX_PDF_BYTES:
        raise Refused("file.too_large")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Refused("pdf.encrypted" if locked else "pdf.broken") from error
    try:
        if len(document) > MAX_PDF_PAGES:
            raise Refused("pdf.too_many_pages")
        if len(document) == 0:
            raise Refused("pdf.broken")
        return _read(document).told_apart()
    except pypdfium2.PdfiumError as error:
        raise Refused("pdf.broken") from error
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> FileReading:
    pages = [page_of(document, index) for index in range(len(document))]
    printed = [page for page in pages if any(glyph.char != " " for glyph in page.glyphs)]
    drawn = {page.index for page in pages if _is_drawn_on(document, page.index)}
    codes = {page.index: codes_in(rendered(document[page.index], CODE_SIDE)) for page in printed if page.index in drawn}
    found, left, partly = invoices_on(printed, codes)
    embedded = _embedded(document)
    found = _with_data(found, embedded)
    if embedded and not left and len(found) == len(embedded):
        # Data say everything that pages without text can show.
        return FileReading(len(pages), tuple(found))
    seen_whole = {page.index for page in printed}
    unseen = [Unseen(page, partly.get(page)) for page in sorted(drawn) if page not in seen_whole or page in partly]
    looked_at = {each.page for each in unseen}
    left = [each for each in left if each.place.pages[0] not in looked_at]
    return FileReading(len(pages), tuple(found), tuple(left), tuple(unseen))


def _is_drawn_on(document: pypdfium2.PdfDocument, index: int) -> bool:
    """Whether a page holds pictures or lines besides its text."""
    page = document[index]
    try:
        kinds = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)
        return next(iter(page.get_objects(filter=kinds, max_depth=3)), None) is not None
    finally:
        page.close()


def _embedded(document: pypdfium2.PdfDocument) -> list[Reading]:
    """Attachments that are invoices' data (财会〔2020〕6号 lets issuers embed them); others are passed over."""
    found = []
    for index in range(min(document.count_attachments(), _MAX_ATTACHMENTS)):
        data = bytes(document.get_attachment(index).get_data())
        if 0 < len(data) <= MAX_XML_BYTES:
            with contextlib.suppress(Refused):
                found.append(read_xml(data))
    return found


def _with_data(found: Sequence[Found], embedded: Sequence[Reading]) -> list[Found]:
    """Each print with its own data; data without a print are invoices as well."""
    whole = []
    open_ = list(embedded)
    for each in found:
        own = next((data for data in open_ if data.number == each.reading.number), None)
        if own is None and len(found) == len(embedded) == 1:
            own = open_[0]
        if own is None:
            whole.append(each)
        else:
            open_.remove(own)
            whole.append(replace(each, reading=_together(own, each.reading)))
    return [*whole, *(Found(Place(()), data) for data in open_)]


def _together(embedded: Reading, printed: Reading) -> Reading:
    """Embedded values in the printed places; where the two differ, the difference is told, not hidden."""
    fields: dict[str, FieldValue[Value]] = dict(printed.fields)
    differences: dict[str, tuple[str, str]] = {}
    for name, found in embedded.fields.items():
        beside = printed.fields.get(name)
        box = beside.box if beside is not None else None
        fields[name] = replace(found, box=box)
        if name in _COMPARED and beside is not None and _plain(beside.value) != _plain(found.value):
            differences[name] = (str(found.value), str(beside.value))
    lines = embedded.lines
    if len(lines) == len(printed.lines):
        lines = tuple(replace(a, box=b.box) for a, b in zip(lines, printed.lines, strict=True))
    return replace(printed, kind=embedded.kind, fields=fields, lines=lines, disagreements=differences)


def _plain(value: Value) -> str:
    return "".join(str(value).split()).replace("（", "(").replace("）", ")")
