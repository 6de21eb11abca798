"""A drawn invoice as a telephone would take it: a picture without a text layer."""

import io
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types

from zhangfang_capture_ocr.reading.pictures import rendered

_LONGEST: Final = 1586
_QUALITY: Final = 88


def photographed(drawn: bytes, turned: int = 0) -> bytes:
    """A JPEG of the first page of a drawn PDF, which must be turned clockwise by so many degrees to stand upright."""
    document, written = pypdfium2.PdfDocument(drawn), io.BytesIO()
    try:
        rendered(document[0], _LONGEST).rotate(turned, expand=True).save(written, "JPEG", quality=_QUALITY)
    finally:
        document.close()
    return written.getvalue()
