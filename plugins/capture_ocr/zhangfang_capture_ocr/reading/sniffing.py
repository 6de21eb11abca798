"""What a file is, by its content; its name only names it."""

from __future__ import annotations

import re

from zhangfang_capture_ocr.reading.pictures import is_picture
from zhangfang_capture_ocr.reading.refusals import Refused
from zhangfang_capture_ocr.reading.values import FileType

HEAD_BYTES = 1024
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
_KEPT_ONLY = (
    b"GIF8",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\xd0\xcf\x11\xe0",  # old Office
)
_XML_START = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z_])")


def sniff(head: bytes, name: str) -> FileType:
    """Tell the type of a file from its first bytes (at least `HEAD_BYTES` where it has as many).

    `name` is never trusted: a PDF called `.xml` is a PDF. Raises `Refused`: `file.empty`, `file.not_yet`
    (may be kept, is not read), `file.unknown_type`.
    """
    if not head.strip(b"\x00 \t\r\n"):
        raise Refused("file.unknown_type" if head else "file.empty")
    # Before PDF: the first member of an archive may be one.
    if head.startswith(_ZIPPED):
        return FileType.ZIP
    # ISO 32000-1 annex H: readers accept a header anywhere in the first 1024 bytes.
    if b"%PDF-" in head[:HEAD_BYTES]:
        return FileType.PDF
    if is_picture(head):
        return FileType.PICTURE
    if head.startswith(_KEPT_ONLY) or head[4:8] == b"ftyp":
        raise Refused("file.not_yet")
    if _XML_START.match(_as_text(head)):
        return FileType.XML
    raise Refused("file.unknown_type")


def _as_text(head: bytes) -> str:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, errors="replace")
    if head[:2] in (b"<\x00", b"\x00<"):
        return head.replace(b"\x00", b"").decode("latin-1")
    return head.decode("latin-1")
