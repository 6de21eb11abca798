"""Pictures of strangers, decoded to a bounded bitmap or drawn anew. Runs in the confined process; pure.

Also a page of a PDF that holds a scan instead of text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pi_heif  # type: ignore[import-untyped]  # the wheel ships no types
import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
from PIL import Image, ImageOps, UnidentifiedImageError

from zhangfang_capture_ocr.reading.refusals import MAX_PDF_PAGES, Refused
from zhangfang_sdk.recognition import LONGEST_SIDE, Bitmap

# Photographs of an iPhone. One thread: the process that decodes is held to its share of the machine.
pi_heif.register_heif_opener(decode_threads=1)
FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "HEIF")
MAX_PIXELS: Final = 60_000_000
SHOWN_SIDE: Final = 2_000
"""Longest side of a picture that is drawn for a screen, in pixels."""
SCAN_SIDE: Final = 2_400
"""Longest side of a scanned PDF page, in pixels."""
BLANK_BELOW: Final = 12
"""A picture whose lightness (0 to 255) varies less, over squares of a two-hundredth of its sides, is blank."""
_QUALITY: Final = 85
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\x00", b"MM\x00*")
_HEIC: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""Brands of ISO/IEC 23008-12; other files of the same container are films."""
_TURNS: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def is_picture(head: bytes) -> bool:
    """Whether a file begins like a picture that `bitmap_of` decodes."""
    if head[:4] == b"RIFF":
        return head[8:12] == b"WEBP"
    return head.startswith(_PICTURES) or is_heic(head)


def is_heic(head: bytes) -> bool:
    """Whether a file begins like a photograph of an iPhone, which browsers do not show."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC


def frames_of(data: bytes) -> int:
    """How many pages the file holds; more than one only in TIFF, for phones hide depth maps behind a photo.

    Raises `Refused`: `picture.broken`, `file.too_large`, `pdf.too_many_pages`.
    """
    with _opened(data) as opened:
        frames = int(getattr(opened, "n_frames", 1)) if opened.format == "TIFF" else 1
    if frames > MAX_PDF_PAGES:
        raise Refused("pdf.too_many_pages")
    return frames


def decoded(data: bytes, page: int = 0) -> Image.Image | None:
    """One frame of a picture or one page of a PDF, at most `LONGEST_SIDE` a side; None where it is blank.

    Pictures stand upright by their EXIF mark. Raises `Refused`: `picture.broken`, `file.too_large`.
    """
    picture = _decoded(data, LONGEST_SIDE, page) if is_picture(data[:16]) else _scanned(data, page)
    return None if _is_blank(picture) else picture


def bitmap_of(picture: Image.Image) -> Bitmap:
    """The pixels of a decoded picture."""
    return Bitmap(picture.width, picture.height, picture.tobytes())


def drawn(data: bytes, turned: int, page: int = 0) -> bytes:
    """The picture for a screen, as a JPEG of our own: upright after so many degrees clockwise (0, 90, 180, 270). Raises `Refused`."""
    picture = _decoded(data, SHOWN_SIDE, page)
    if turned in _TURNS:
        picture = picture.transpose(_TURNS[turned])
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refused("file.too_large")
            yield opened
    except Image.DecompressionBombError as error:
        raise Refused("file.too_large") from error
    except (UnidentifiedImageError, EOFError, OSError, SyntaxError, ValueError) as error:
        raise Refused("picture.broken") from error


def _decoded(data: bytes, longest: int, page: int) -> Image.Image:
    with _opened(data) as opened:
        if page:
            opened.seek(page)
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


def _scanned(data: bytes, page: int) -> Image.Image:
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            return rendered(document[page], SCAN_SIDE)
        finally:
            document.close()
    except (pypdfium2.PdfiumError, IndexError, ValueError, OSError) as error:
        raise Refused("picture.broken") from error


def rendered(page: pypdfium2.PdfPage, longest: int) -> Image.Image:
    """A page of a PDF as a picture whose longer side has so many pixels."""
    scale = longest / max(*page.get_size(), 1.0)
    found: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    return found


def _is_blank(picture: Image.Image) -> bool:
    """Whether nothing is on it: the back of a sheet in a scanner, for one."""
    small = picture.convert("L").resize((200, 200), Image.Resampling.BOX)
    darkest, lightest = small.getextrema()
    return isinstance(darkest, int) and isinstance(lightest, int) and lightest - darkest < BLANK_BELOW
