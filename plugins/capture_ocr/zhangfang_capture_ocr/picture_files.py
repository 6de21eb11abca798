"""A picture made into a reading. ``bitmap_of`` decodes in this process, which is for files of this machine's own people only."""

from __future__ import annotations

from zhangfang_capture_ocr.extracting import read_picture
from zhangfang_capture_ocr.qr import codes_in
from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.reading.pictures import bitmap_of
from zhangfang_capture_ocr.recognising import recognise_now
from zhangfang_capture_ocr.seen_pages import seen_page
from zhangfang_sdk.recognition import Bitmap

__all__ = ["bitmap_of", "read_bitmap"]


def read_bitmap(bitmap: Bitmap, engine: str = "paddle") -> Reading:
    """Recognise and read a picture. Raises as `recognise_now` does."""
    page = seen_page(bitmap, recognise_now(bitmap, engine=engine).boxes, codes_in(bitmap))
    return read_picture(page.boxes, page.codes, page.shape)
