"""Which words of a picture its first reader leaves in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from zhangfang_capture_ocr.agreeing import doubtful
from zhangfang_capture_ocr.reading.qr import codes_in
from zhangfang_capture_ocr.recognising import Doubts
from zhangfang_capture_ocr.seen_pages import seen_page
from zhangfang_sdk.recognition import Bitmap, TextBox


def doubts_about(bitmap: Bitmap) -> Doubts:
    """Asks, of what was read of this picture so far, which boxes another reader should read."""
    codes = codes_in(Image.frombytes("RGB", (bitmap.width, bitmap.height), bitmap.rgb))

    def doubts(boxes: tuple[TextBox, ...]) -> Sequence[int]:
        return doubtful(seen_page(bitmap, boxes, codes))

    return doubts
