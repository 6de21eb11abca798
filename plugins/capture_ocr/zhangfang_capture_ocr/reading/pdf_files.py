"""Opens a PDF safely and reads the invoice in it: embedded data first, the text layer beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from zhangfang_capture_ocr.reading.pdf_invoices import read_pages
from zhangfang_capture_ocr.reading.pdf_page import page_of
from zhangfang_capture_ocr.reading.refusals import MAX_PDF_BYTES, MAX_PDF_PAGES, MAX_XML_BYTES, Refused
from zhangfang_capture_ocr.reading.values import FieldValue, Reading, Value
from zhangfang_capture_ocr.reading.xml_invoices import read_xml

_MAX_ATTACHMENTS: Final = 8
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


def read_pdf(data: bytes) -> Reading:
    """Read one PDF. Raises `Refused`: `file.too_large`, `pdf.*`."""
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
        return _read(document)
    except pypdfium2.PdfiumError as error:
        raise Refused("pdf.broken") from error
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> Reading:
    embedded = _embedded(document)
    try:
        printed = read_pages([page_of(document, index) for index in range(len(document))])
    except Refused:
        if embedded is None:
            raise
        return replace(embedded, pages=len(document))
    return printed if embedded is None else _together(embedded, printed)


def _embedded(document: pypdfium2.PdfDocument) -> Reading | None:
    """The first attachment that is an invoice's data (财会〔2020〕6号 lets issuers embed it); others are passed over."""
    for index in range(min(document.count_attachments(), _MAX_ATTACHMENTS)):
        data = bytes(document.get_attachment(index).get_data())
        if 0 < len(data) <= MAX_XML_BYTES:
            try:
                return read_xml(data)
            except Refused:
                continue
    return None


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
    return Reading(embedded.kind, fields, lines, printed.text, printed.pages, differences, printed.page_shape)


def _plain(value: Value) -> str:
    return "".join(str(value).split()).replace("（", "(").replace("）", ")")
