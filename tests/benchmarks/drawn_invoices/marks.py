"""What is put on an invoice beside its text: the square code, the tax authority's oval and a seller's stamp."""

from __future__ import annotations

import binascii
import io
import math

import segno
from PIL import Image, ImageDraw

from .faces import pixels
from .figures import yuan
from .surfaces import RED, Ink
from .truths import Invoice

CODES = {
    "数电专票": "31",
    "数电普票": "32",
    "铁路电子客票": "51",
    "航空行程单": "61",
    "增值税专用发票": "01",
    "增值税普通发票": "04",
    "增值税电子普通发票": "10",
    "增值税电子专用发票": "08",
    "卷式发票": "11",
    "通行费发票": "14",
}
"""Second part of the square code, by kind."""


def square_text(invoice: Invoice) -> str:
    """The tax authority's form. Fully digital ones name the total, those of the former system the amount without tax."""
    assert invoice.date is not None
    money = invoice.amount if invoice.code and invoice.amount is not None else invoice.total
    check = invoice.printed.get("校验码", "")
    body = f"01,{CODES[invoice.type]},{invoice.code},{invoice.number},{yuan(money)},{invoice.date:%Y%m%d},{check},"
    return f"{body}{binascii.crc_hqx(body.encode(), 0xFFFF):04X},"


def square(text: str, ink: Ink = (0, 0, 0)) -> Image.Image:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=6, border=1, dark=f"#{bytes(ink).hex()}")
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def oval(place: str, *, ink: Ink = RED) -> Image.Image:
    """全国统一发票监制章, as wide as 300 pixels."""
    picture = Image.new("RGBA", (300, 200), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    for inset, wide in ((6, 5), (20, 2)):
        draw.ellipse((inset, inset, 299 - inset, 199 - inset), outline=ink, width=wide)
    _around(picture, "全国统一发票监制章", (116, 72), 22, ink, 2.6)
    draw.text((150, 95), place, ink, pixels("kai", 30), anchor="mm")
    draw.text((150, 140), "国家税务总局", ink, pixels("kai", 20), anchor="mm")
    return picture


def stamp(name: str, word: str, tax_id: str = "", *, ink: Ink = RED) -> Image.Image:
    """A round stamp, or 发票专用章 as an oval with the tax number across it."""
    high = 230 if tax_id else 300
    picture = Image.new("RGBA", (300, high), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((5, 5, 294, high - 6), outline=ink, width=6)
    size = min(30, (330 if tax_id else 440) // len(name))
    _around(picture, name, (120, high / 2 - 28), size, ink, 3.0 if tax_id else 4.0)
    if tax_id:
        draw.text((150, high / 2 + 4), tax_id, ink, pixels("hei", 18), anchor="mm")
    else:
        points = [
            (150 + r * math.sin(math.pi * n / 5), high / 2 - r * math.cos(math.pi * n / 5))
            for n, r in enumerate((42, 17) * 5)
        ]
        draw.polygon(points, fill=ink)
    draw.text((150, high * 0.78), word, ink, pixels("song", 26), anchor="mm")
    return picture


def faded(picture: Image.Image, share: float) -> Image.Image:
    """``share`` of its ink is left."""
    copy = picture.copy()
    copy.putalpha(copy.getchannel("A").point([round(value * share) for value in range(256)]))
    return copy


def _around(picture: Image.Image, text: str, radii: tuple[float, float], size: int, ink: Ink, most: float) -> None:
    """``text`` along the upper arc of an ellipse, over ``most`` radians at most."""
    across, up = radii
    step = min(size * 1.15 / min(radii), most / max(len(text) - 1, 1))
    for n, mark in enumerate(text):
        turn = (n - (len(text) - 1) / 2) * step
        letter = Image.new("RGBA", (size * 2, size * 2), (255, 255, 255, 0))
        ImageDraw.Draw(letter).text((size, size), mark, ink, pixels("song", size), anchor="mm")
        spot = (round(150 + across * math.sin(turn) - size), round(picture.height / 2 - up * math.cos(turn) - size))
        turned = letter.rotate(-math.degrees(turn) * 0.9, Image.Resampling.BICUBIC)
        picture.alpha_composite(turned, (max(0, spot[0]), max(0, spot[1])))
