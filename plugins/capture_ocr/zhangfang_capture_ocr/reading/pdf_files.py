"""Opens a PDF safely and reads the invoice in it: embedded data first, the text layer beside it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from zhangfang_capture_ocr.reading.embedding import with_data
from zhangfang_capture_ocr.reading.forms.page import Page
from zhangfang_capture_ocr.reading.parts import FileReading, Unseen
from zhangfang_capture_ocr.reading.pdf_page import page_of
from zhangfang_capture_ocr.reading.pictures import rendered
from zhangfang_capture_ocr.reading.printed import invoices_on
from zhangfang_capture_ocr.reading.qr import PlacedCode, codes_in
from zhangfang_capture_ocr.reading.refusals import MAX_PDF_BYTES, MAX_PDF_PAGES, MAX_XML_BYTES, Refused
from zhangfang_capture_ocr.reading.values import Reading
from zhangfang_capture_ocr.reading.xml_invoices import read_xml

CODE_SIDE: Final = 1_600
"""Longest side of the picture of a page in which QR codes are looked for, in pixels."""
_MAX_ATTACHMENTS: Final = 32


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
        whole = _read(document)
        return _signed(whole, data).told_apart()
    except pypdfium2.PdfiumError as error:
        raise Refused("pdf.broken") from error
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> FileReading:
    pages: list[Page] = []
    drawn: set[int] = set()
    codes: dict[int, tuple[PlacedCode, ...]] = {}
    for index in range(len(document)):
        # Loading a page takes as long as all that is done with it.
        opened = document[index]
        try:
            pages.append(page_of(opened, index))
            if _is_drawn_on(opened):
                drawn.add(index)
                if _is_printed(pages[-1]):
                    codes[index] = codes_in(rendered(opened, CODE_SIDE))
        finally:
            opened.close()
    printed = [page for page in pages if _is_printed(page)]
    found, left, partly = invoices_on(printed, codes)
    embedded = _embedded(document)
    found = with_data(found, embedded)
    if embedded and not left and len(found) == len(embedded):
        # Data say everything that pages without text can show.
        return FileReading(len(pages), tuple(found))
    seen_whole = {page.index for page in printed}
    unseen = [Unseen(page, partly.get(page)) for page in sorted(drawn) if page not in seen_whole or page in partly]
    looked_at = {each.page for each in unseen}
    left = [each for each in left if each.place.pages[0] not in looked_at]
    return FileReading(len(pages), tuple(found), tuple(left), tuple(unseen))


def _signed(whole: FileReading, data: bytes) -> FileReading:
    """The reading with what the file's signature says of it. pyHanko is loaded where a file is signed."""
    if b"/ByteRange" not in data:
        return whole
    from zhangfang_capture_ocr.reading.pdf_signature import signature_of

    seal, signer = signature_of(data)
    found = tuple(replace(each, reading=replace(each.reading, seal=seal, signer=signer)) for each in whole.found)
    unseen = tuple(
        each if each.printed is None else replace(each, printed=replace(each.printed, seal=seal, signer=signer))
        for each in whole.unseen
    )
    return replace(whole, found=found, unseen=unseen)


def _is_printed(page: Page) -> bool:
    return any(glyph.char != " " for glyph in page.glyphs)


def _is_drawn_on(page: pypdfium2.PdfPage) -> bool:
    """Whether a page holds pictures or lines besides its text."""
    kinds = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)
    return next(iter(page.get_objects(filter=kinds, max_depth=3)), None) is not None


def _embedded(document: pypdfium2.PdfDocument) -> list[Reading]:
    """Attachments that are invoices' data (财会〔2020〕6号 lets issuers embed them); others are passed over."""
    found = []
    for index in range(min(document.count_attachments(), _MAX_ATTACHMENTS)):
        data = bytes(document.get_attachment(index).get_data())
        if 0 < len(data) <= MAX_XML_BYTES:
            with contextlib.suppress(Refused):
                found.append(read_xml(data))
    return found
