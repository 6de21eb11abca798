"""Reads invoices: pure, without database or web. `read` in process, `read_confined` in a child with limits."""

from __future__ import annotations

from pathlib import Path

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.archives import is_ofd, is_office
from zhangfang_capture_ocr.reading.confined import read_confined
from zhangfang_capture_ocr.reading.ofd_files import read_ofd
from zhangfang_capture_ocr.reading.parts import FileReading, Found, LeftOver, Place, Unseen
from zhangfang_capture_ocr.reading.pdf_files import read_pdf
from zhangfang_capture_ocr.reading.pictures import frames_of
from zhangfang_capture_ocr.reading.refusals import LEFT_TO_A_PERSON, MAX_PICTURE_BYTES
from zhangfang_capture_ocr.reading.sniffing import HEAD_BYTES, sniff
from zhangfang_capture_ocr.reading.values import (
    Box,
    FieldValue,
    FileType,
    InvoiceKind,
    InvoiceLine,
    Reading,
    Refused,
    Seal,
    Source,
    Value,
)
from zhangfang_capture_ocr.reading.xml_invoices import read_xml

__all__ = [
    "Box",
    "FieldValue",
    "FileReading",
    "FileType",
    "Found",
    "InvoiceKind",
    "InvoiceLine",
    "LeftOver",
    "Place",
    "Reading",
    "Refused",
    "Seal",
    "Source",
    "Unseen",
    "Value",
    "read",
    "read_confined",
    "sniff",
]


def read(source: Path | bytes, name: str) -> FileReading:
    """Read one file in this process, which bad files may slow or crash: see `read_confined`.

    Pictures are told as `unseen`: this room recognises nothing. Raises `Refused` for files that are broken, locked,
    empty or of a kind that is not read.
    """
    if isinstance(source, Path):
        if source.stat().st_size > MAX_PICTURE_BYTES:
            raise Refused("file.too_large")
        source = source.read_bytes()
    if len(source) > MAX_PICTURE_BYTES:
        raise Refused("file.too_large")
    match sniff(source[:HEAD_BYTES], name):
        case FileType.XML:
            return _data(source)
        case FileType.PDF:
            return read_pdf(source)
        case FileType.PICTURE:
            frames = frames_of(source)
            return FileReading(frames, unseen=tuple(Unseen(page) for page in range(frames)))
        case FileType.ZIP:
            if is_ofd(source):
                return read_ofd(source)
            if is_office(source):
                raise Refused("file.not_yet")
            return FileReading(0, is_archive=True)


def _data(source: bytes) -> FileReading:
    try:
        return FileReading(1, (Found(Place((0,)), read_xml(source)),))
    except Refused as refused:
        if refused.code not in LEFT_TO_A_PERSON:
            raise
        words = xml_tree.all_text(xml_tree.parse(source))
        return FileReading(1, left=(LeftOver(Place((0,)), refused.code, words),))
