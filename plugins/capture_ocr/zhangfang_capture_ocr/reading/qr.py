"""QR codes of invoices: `01,<kind>,<code>,<number>,<sum>,<yyyymmdd>,<check code>,<crc>`.

They are unsigned: evidence beside the print, never proof that an invoice is genuine. No address in them is ever opened.
Source: the form printed by 税控 devices since 2015 (公告2015年第84号) and by the 电子发票服务平台.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import zxingcpp
from PIL import Image

from zhangfang_capture_ocr.reading.figures import date_of, fen_of
from zhangfang_capture_ocr.reading.kinds import InvoiceKind

KINDS: Final = {
    "01": InvoiceKind.SPECIAL_PAPER,
    "03": InvoiceKind.VEHICLE,
    "04": InvoiceKind.ORDINARY_PAPER,
    "08": InvoiceKind.SPECIAL_ELECTRONIC,
    "10": InvoiceKind.ORDINARY_ELECTRONIC,
    "11": InvoiceKind.ROLL,
    "14": InvoiceKind.TOLL,
    "15": InvoiceKind.USED_VEHICLE,
    "31": InvoiceKind.DIGITAL_SPECIAL,
    "32": InvoiceKind.DIGITAL_ORDINARY,
    "51": InvoiceKind.RAIL,
    "61": InvoiceKind.AIR,
}
"""发票类型代码 in the second part; other codes of single platforms leave the kind open."""
_PARTS: Final = 6
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class InvoiceQr:
    """What one code says. `sum_fen` is the amount without tax on invoices with a code, the total on 数电票."""

    kind: InvoiceKind | None
    code: str
    number: str
    sum_fen: int | None
    issued_on: date | None
    check_code: str

    @property
    def is_digital(self) -> bool:
        return not self.code and len(self.number) == 20


def parse(text: str) -> InvoiceQr | None:
    """The invoice that a QR code names; None for addresses and every other text."""
    parts = [part.strip() for part in text[:_LONGEST].split(",")]
    if len(parts) < _PARTS or parts[0] != "01":
        return None
    _, kind, code, number, sum_, day, check = (*parts, "")[:7]
    if not re.fullmatch(r"\d{8}|\d{20}", number) or not re.fullmatch(r"(?:\d{10}|\d{12})?", code):
        return None
    issued = date_of(day) if re.fullmatch(r"\d{8}", day) else None
    return InvoiceQr(
        KINDS.get(kind), code, number, fen_of(sum_), issued, check if re.fullmatch(r"\d{20}", check) else ""
    )


def invoice_in(texts: Iterable[str]) -> InvoiceQr | None:
    """The one invoice that the codes of a picture name; None when they name none or several."""
    found = invoices_in(texts)
    return found.pop() if len(found) == 1 else None


def invoices_in(texts: Iterable[str]) -> set[InvoiceQr]:
    """All invoices that codes name."""
    return {parsed for text in texts if (parsed := parse(text)) is not None}


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """The text of one QR code and its middle, in shares of the picture's width and height."""

    text: str
    x: float
    y: float


def codes_in(picture: Image.Image) -> tuple[PlacedCode, ...]:
    """All QR codes in a picture."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    codes = []
    for code in found:
        place = code.position
        corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
        x = sum(corner.x for corner in corners) / 4 / picture.width
        y = sum(corner.y for corner in corners) / 4 / picture.height
        if code.text:
            codes.append(PlacedCode(code.text, round(x, 4), round(y, 4)))
    return tuple(dict.fromkeys(codes))
