"""Photos go the same way as data: recognised, kept, extracted, checked (CAP-1, CAP-2, CAP-5)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from zhangfang_capture_ocr.specimens import taxed_line
from zhangfang_capture_ocr.tables import Recognition
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.services import use

PHOTO = Path(__file__).parents[1] / "photo.heic"


@pytest.mark.parametrize("turned", [0, 90])
async def test_a_photo_becomes_a_draft(office: Any, drawn: Any, turned: int) -> None:
    """CAP-1, CAP-2, CAP-5: fields with places, a draft for the accountant; an item without its short name is never sure."""
    item = await office.handed_in("照片.jpg", drawn.photo(turned, lines=(taxed_line("冷链运输", 100000, "9%"),)))
    row = await office.invoice_of(item)
    assert (row["number"], row["issued_on"], row["total"]) == ("26332000000187654321", date(2026, 11, 3), 109000)
    assert (await office.state(item))[0] == "needs_review"
    assert row["sure"] is False
    assert row["turned"] == turned
    async with acting(office.firm, "accountant"):
        assert (await use(Ledger).voucher(row["voucher"])).total == 109000
        kept = await Recognition.objects().first()
        assert kept is not None
        assert kept.engine == "capture_ocr.fast"


async def test_a_photo_of_an_iphone(office: Any) -> None:
    """CAP-1: HEIC, held upright by its own mark."""
    item = await office.handed_in("IMG_0001.HEIC", PHOTO.read_bytes())
    row = await office.invoice_of(item)
    assert (row["number"], row["total"], row["turned"]) == ("26332000000187654321", 109000, 0)


async def test_the_same_receipt_sent_again_is_told_to_the_firm(office: Any, drawn: Any) -> None:
    """CAP-3: without a number its picture tells; a person decides, nothing is sent back."""
    receipt = Image.new("RGB", (700, 1100), "white")
    pen = ImageDraw.Draw(receipt)
    for row in range(12):
        pen.rectangle((40 + 13 * row, 60 + row * 80, 300 + 29 * (row * 7 % 11), 90 + row * 80), fill="black")
    first = await office.handed_in("小票.jpg", drawn.jpeg(receipt))
    assert (await office.state(first))[1] != "capture.same_picture"
    again = await office.handed_in("小票2.jpg", drawn.jpeg(receipt.resize((560, 880))))
    assert await office.state(again) == ("needs_review", "capture.same_picture")
    other = await office.handed_in("别的.jpg", drawn.jpeg(receipt.rotate(180)))
    assert (await office.state(other))[1] != "capture.same_picture"
