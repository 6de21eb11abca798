"""A picture file of a person at this machine, read whole: decoded, recognised and made into fields.

Decoding happens in this process: strangers' uploads do not come this way.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from zhangfang_capture_ocr.extracting import read_picture
from zhangfang_capture_ocr.qr import codes_in
from zhangfang_capture_ocr.reading import Reading, Refused
from zhangfang_capture_ocr.recognising import recognise_now
from zhangfang_sdk.recognition import LONGEST_SIDE, Bitmap, TextBox

FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
MAX_PIXELS: Final = 60_000_000


def bitmap_of(data: bytes) -> Bitmap | None:
    """The picture, upright by its EXIF mark and at most `LONGEST_SIDE` a side; None when it is no picture.

    Raises `Refused` (`file.too_large`) above `MAX_PIXELS`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refused("file.too_large")
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return Bitmap(picture.width, picture.height, picture.tobytes())


def read_bitmap(bitmap: Bitmap, engine: str = "paddle") -> Reading:
    """Recognise and read a picture. Raises as `recognise_now` does."""
    seen = recognise_now(bitmap, engine=engine)
    lying = seen.turned in (90, 270)
    width, height = (bitmap.height, bitmap.width) if lying else (bitmap.width, bitmap.height)
    boxes = [_upright(box, seen.turned) for box in seen.boxes]
    return read_picture(boxes, codes_in(bitmap), round(height * 1000 / width))


def _upright(box: TextBox, turned: int) -> TextBox:
    """The box on the page after it was turned clockwise by so many degrees."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    if turned == 90:
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    elif turned == 180:
        left, top, right, bottom = 1 - right, 1 - bottom, 1 - left, 1 - top
    elif turned == 270:
        left, top, right, bottom = top, 1 - right, bottom, 1 - left
    return TextBox(box.text, box.confidence, left, top, right, bottom)
