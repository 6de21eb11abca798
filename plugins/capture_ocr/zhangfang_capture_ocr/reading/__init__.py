"""Reads invoices: pure, without database or web. `read` in process, `read_confined` in a child with limits."""

from __future__ import annotations

from pathlib import Path

from zhangfang_capture_ocr.reading.confined import read_confined
from zhangfang_capture_ocr.reading.pdf_files import read_pdf
from zhangfang_capture_ocr.reading.refusals import MAX_PDF_BYTES
from zhangfang_capture_ocr.reading.sniffing import HEAD_BYTES, sniff
from zhangfang_capture_ocr.reading.values import (
    Box,
    FieldValue,
    FileType,
    InvoiceKind,
    InvoiceLine,
    Reading,
    Refused,
    Source,
    Value,
)
from zhangfang_capture_ocr.reading.xml_invoices import read_xml

__all__ = [
    "Box",
    "FieldValue",
    "FileType",
    "InvoiceKind",
    "InvoiceLine",
    "Reading",
    "Refused",
    "Source",
    "Value",
    "read",
    "read_confined",
    "sniff",
]


def read(source: Path | bytes, name: str) -> Reading:
    """Read one file in this process, which bad files may slow or crash: see `read_confined`.

    Raises `Refused` for every file that is not a readable invoice.
    """
    if isinstance(source, Path):
        if source.stat().st_size > MAX_PDF_BYTES:
            raise Refused("file.too_large")
        source = source.read_bytes()
    if len(source) > MAX_PDF_BYTES:
        raise Refused("file.too_large")
    match sniff(source[:HEAD_BYTES], name):
        case FileType.XML:
            return read_xml(source)
        case FileType.PDF:
            return read_pdf(source)
