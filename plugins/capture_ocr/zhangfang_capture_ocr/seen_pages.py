"""What was seen on a picture, upright: the text with its places and the QR codes. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zhangfang_capture_ocr.reading.qr import PlacedCode
from zhangfang_sdk.recognition import Bitmap, TextBox
from zhangfang_sdk.texts import seen


@dataclass(frozen=True, slots=True)
class SeenPage:
    """One picture as an engine saw it. The boxes and codes stand on the page after it was turned clockwise by ``turned`` degrees;
    ``shape`` is that page's height in thousandths of its width, ``look`` what it looks like ("" where nobody looked).
    """

    boxes: tuple[TextBox, ...]
    codes: tuple[PlacedCode, ...]
    shape: int
    turned: int
    look: str = ""


def seen_page(bitmap: Bitmap, boxes: Sequence[TextBox], codes: Sequence[PlacedCode], look: str = "") -> SeenPage:
    """The page upright, as most of its letters say."""
    letters: Counter[int] = Counter()
    for box in boxes:
        letters[box.turned] += len(box.text)
    turned = letters.most_common(1)[0][0] if letters else 0
    lying = turned in (90, 270)
    width, height = (bitmap.height, bitmap.width) if lying else (bitmap.width, bitmap.height)
    return SeenPage(
        tuple(_upright(box, turned) for box in boxes),
        tuple(_upright_code(code, turned) for code in codes),
        round(height * 1000 / width),
        turned,
        look,
    )


def written(boxes: Sequence[TextBox]) -> str:
    """Boxes as JSON; places to a ten-thousandth."""
    return json.dumps(
        [
            {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(box).items()}
            for box in boxes
        ],
        ensure_ascii=False,
    )


def loaded(boxes: Sequence[Mapping[str, Any]]) -> tuple[TextBox, ...]:
    """Boxes from parsed JSON, as :func:`written` wrote them."""
    return tuple(TextBox(**{**box, "others": tuple(box.get("others", ()))}) for box in boxes)


def _upright(box: TextBox, turned: int) -> TextBox:
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    if turned == 90:
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    elif turned == 180:
        left, top, right, bottom = 1 - right, 1 - bottom, 1 - left, 1 - top
    elif turned == 270:
        left, top, right, bottom = top, 1 - right, bottom, 1 - left
    others = tuple(seen(text) for text in box.others)
    return TextBox(seen(box.text), box.confidence, left, top, right, bottom, others=others)


def _upright_code(code: PlacedCode, turned: int) -> PlacedCode:
    x, y = {0: (code.x, code.y), 90: (1 - code.y, code.x), 180: (1 - code.x, 1 - code.y), 270: (code.y, 1 - code.x)}[
        turned
    ]
    return PlacedCode(code.text, x, y)
