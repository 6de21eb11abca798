"""CAP-3: the same picture sent again is known, another is not."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from zhangfang_capture_ocr.reading.looks import SAME_BELOW, look_of


def receipt(seed: int) -> Image.Image:
    """A till receipt: lines of different lengths on white paper."""
    drawn = random.Random(seed)  # noqa: S311  # no secret
    picture = Image.new("RGB", (600, 1000), "white")
    pen = ImageDraw.Draw(picture)
    for row in range(30):
        left, wide = drawn.randint(20, 200), drawn.randint(60, 360)
        pen.rectangle((left, 30 + row * 31, left + wide, 48 + row * 31), fill=(drawn.randint(0, 90),) * 3)
    return picture


def look_alike(one: str, other: str) -> bool:
    """As the database counts it."""
    return (int(one, 16) ^ int(other, 16)).bit_count() < SAME_BELOW


def again(picture: Image.Image, quality: int, scale: float, light: float) -> Image.Image:
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    written = io.BytesIO()
    ImageEnhance.Brightness(small).enhance(light).save(written, "JPEG", quality=quality)
    return Image.open(io.BytesIO(written.getvalue())).convert("RGB")


@pytest.mark.parametrize(("quality", "scale", "light"), [(40, 1.0, 1.0), (80, 0.5, 1.0), (85, 0.8, 0.85), (60, 1.5, 1.05)])
def test_the_same_picture_in_another_file(quality: int, scale: float, light: float) -> None:
    """Smaller, compressed again, lighter or darker."""
    picture = receipt(1)
    assert look_alike(look_of(picture), look_of(again(picture, quality, scale, light)))


def test_other_receipts_look_otherwise() -> None:
    """No two of fifty."""
    looks = [look_of(receipt(seed)) for seed in range(50)]
    assert not any(look_alike(a, b) for place, a in enumerate(looks) for b in looks[:place])
