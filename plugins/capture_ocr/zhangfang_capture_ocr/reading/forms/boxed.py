"""Values that stand below their labels in ruled boxes, as on itineraries of air tickets, and the sums that stand in them."""

from __future__ import annotations

import re
from typing import Final

from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import date_of, fen_of
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span
from zhangfang_capture_ocr.reading.forms.parties import repaired
from zhangfang_capture_ocr.reading.values import Value

_BOXES: Final = {
    "issued_on": re.compile(r"填开日期:?"),
    "total": re.compile(r"(?<!价税)合计:?"),
    "tax": re.compile(r"增值税税额:?"),
    "buyer_name": re.compile(r"购买方名称:?"),
    "buyer_tax_id": re.compile(r"统一社会信用代码/?(?:纳税人识别号)?:?"),
    "seller_name": re.compile(r"填开单位:?"),
}
_BELOW: Final = 3.0
"""How far below its label a value begins at most, in letters of the label."""
_TAX_ID: Final = re.compile(r"[0-9A-Z]{15,20}")
_SUM: Final = re.compile(r"-?\d[\d,]*(?:\.\d{1,2})?")
_UNMARKED: Final = re.compile(r"[¥:元()%圆]|小写|RMB|CNY|人民币")


def read_boxed(sheet: Sheet, fields: Fields) -> None:
    """Put what stands in the boxes of these labels into ``fields``, before what was found beside labels."""
    for name, pattern in _BOXES.items():
        for label in sheet.find_all(pattern):
            place = _below(sheet, label)
            value = _value(name, place) if place is not None else None
            if place is not None and value is not None:
                fields.put(name, value, place.box)
                break


def figure_of(text: str) -> int | None:
    """The sum that a short text is, its sign or unit beside it; fen."""
    plain = _UNMARKED.sub("", text)
    match = _SUM.fullmatch(plain)
    return fen_of(match[0]) if match is not None and len(plain) <= 12 else None


def _below(sheet: Sheet, label: Span) -> Span | None:
    """What stands alone below a label between the rules left and right of it; None where no such box is printed, or an empty one."""
    across = [rule.x for rule in sheet.page.rules if rule.top < label.middle < rule.bottom and rule.bottom > label.bottom]
    left = max((x for x in across if x < label.centre), default=None)
    right = min((x for x in across if x > label.centre), default=None)
    if left is None or right is None:
        return None
    bottom = min(rule.bottom for rule in sheet.page.rules if rule.x in (left, right) and rule.top < label.middle < rule.bottom)
    reach = min(bottom, label.bottom + _BELOW * label.size)
    return next(iter(sheet.within(left, label.bottom, right, reach)), None)


def _value(name: str, place: Span) -> Value | None:
    if name == "issued_on":
        return date_of(place.plain)
    if name in ("total", "tax"):
        return figure_of(place.plain.upper())
    if name == "buyer_tax_id":
        match = _TAX_ID.fullmatch(place.plain.upper())
        return None if match is None else repaired(match[0]) if place.page.is_seen else match[0]
    return place.text
