"""Pictures of strangers, decoded to a bounded bitmap or drawn anew. Runs in the confined process; pure.

Also a page of a PDF that holds a scan instead of text.
"""

from __future__ import annotations

import io
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
from PIL import Image, ImageOps, UnidentifiedImageError

from zhangfang_capture_ocr.reading.refusals import Refused
from zhangfang_sdk.recognition import LONGEST_SIDE, Bitmap

FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
MAX_PIXELS: Final = 60_000_000
SHOWN_SIDE: Final = 2_000
"""Longest side of a picture that is drawn for a screen, in pixels."""
SCAN_SIDE: Final = 2_400
"""Longest side of a scanned PDF page, in pixels."""
_QUALITY: Final = 85
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\x00", b"MM\x00*")
_TURNS: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def is_picture(head: bytes) -> bool:
    """Whether a file begins like a picture that `bitmap_of` decodes."""
    return head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def bitmap_of(data: bytes) -> Bitmap | None:
    """The picture, upright by its EXIF mark and at most `LONGEST_SIDE` a side; None when it is no picture.

    Raises `Refused` (`file.too_large`) above `MAX_PIXELS`.
    """
    try:
        picture = _decoded(data, LONGEST_SIDE)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
    return Bitmap(picture.width, picture.height, picture.tobytes())


def decoded(data: bytes) -> Bitmap:
    """As `bitmap_of`, and the first page of a scanned PDF. Raises `Refused`: `picture.broken`, `file.too_large`."""
    if is_picture(data[:16]):
        found = bitmap_of(data)
        if found is None:
            raise Refused("picture.broken")
        return found
    picture = _scanned(data)
    return Bitmap(picture.width, picture.height, picture.tobytes())


def drawn(data: bytes, turned: int) -> bytes:
    """The picture for a screen, as a JPEG of our own: upright after so many degrees clockwise (0, 90, 180, 270). Raises `Refused`."""
    try:
        picture = _decoded(data, SHOWN_SIDE)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise Refused("picture.broken") from error
    if turned in _TURNS:
        picture = picture.transpose(_TURNS[turned])
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _decoded(data: bytes, longest: int) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise Refused("file.too_large")
        opened.draft("RGB", (longest, longest))
        opened.thumbnail((longest, longest))
        picture = ImageOps.exif_transpose(opened)
        if "A" not in picture.getbands() and "transparency" not in picture.info:
            return picture.convert("RGB")
        paper = Image.new("RGB", picture.size, "white")
        clear = picture.convert("RGBA")
        paper.paste(clear, mask=clear.getchannel("A"))
        return paper


def _scanned(data: bytes) -> Image.Image:
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            page = document[0]
            scale = SCAN_SIDE / max(*page.get_size(), 1.0)
            found: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
        finally:
            document.close()
    except (pypdfium2.PdfiumError, IndexError, ValueError, OSError) as error:
        raise Refused("picture.broken") from error
    return found
