"""What stands at the head of an invoice: code, number, date, check code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import date_of
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span

TWICE: Final = "twice"
"""Witness of a value that stands on a picture in two places."""

_CODE: Final = re.compile(r"发票代码:?")
_NUMBER: Final = re.compile(r"(?:发票号码|票据号码|电子发票号码|电子客票号|电子发票号):?")
_DATE: Final = re.compile(r"(?:开票日期|填开日期|开具日期):?")
_CHECK_CODE: Final = re.compile(r"校验码:?")
_CODE_SHAPE: Final = re.compile(r"(?<!\d)(?:\d{12}|\d{10})(?!\d)")
_NUMBER_SHAPE: Final = re.compile(r"(?<!\d)(?:\d{20}|\d{8})(?!\d)")
_LOOKALIKES: Final = str.maketrans("OoQDlI|ZSB", "0000111258")
_MARK: Final = re.compile(r"^(?:N[oO0°º]?|№)[.:°]?")
_OTHER_FIGURES: Final = re.compile(r"校验|机器|日期|电话|识别|地址|账号|帐号|/|\+|<|>")
_WRITTEN_DATE: Final = re.compile(r"(?<!\d)\d{4}年\d{1,2}月\d{1,2}日?")
_REACH: Final = 0.35
"""How far right of its label a recognised value stands, in widths of the page."""
_FIRST_CODE_YEAR: Final = 5


def read_head(sheet: Sheet, bottom: float, fields: Fields) -> None:
    """Put what stands above `bottom` into `fields`."""
    _numbered(sheet, bottom, fields, "number", _labelled(sheet, bottom, _NUMBER, "发票号码", _NUMBER_SHAPE))
    _numbered(sheet, bottom, fields, "code", _labelled(sheet, bottom, _CODE, "发票代码", _CODE_SHAPE))
    _issued(sheet, bottom, fields)
    for label in sheet.labels(_CHECK_CODE, "校验码"):
        beside = _beside(sheet, label) if label.middle < bottom else None
        digits = re.sub(r"\D", "", beside.plain) if beside is not None else ""
        if beside is not None and len(digits) >= 20 and (sheet.page.is_seen or len(digits) == 20):
            fields.put("check_code", digits[:20], beside.box)
            break


def _beside(sheet: Sheet, label: Span) -> Span | None:
    reach = label.right + _REACH * sheet.page.width if sheet.page.is_seen else None
    return sheet.beside(label, reach)


def _labelled(
    sheet: Sheet, bottom: float, label: re.Pattern[str], words: str, shape: re.Pattern[str]
) -> list[tuple[str, Span]]:
    """Figures of the right shape beside their label."""
    found = []
    for span in sheet.labels(label, words):
        if span.middle > bottom:
            continue
        if sheet.page.is_seen:
            places = sheet.words_beside(span, _REACH)
        else:
            beside = sheet.beside(span)
            places = [] if beside is None else [beside]
        for place in places:
            text = place.plain.translate(_LOOKALIKES) if sheet.page.is_seen else place.plain
            digits = shape.search(text) if sheet.page.is_seen else shape.match(text)
            if digits is not None:
                found.append((digits[0], place.part(*digits.span())))
                break
    return found


def _numbered(sheet: Sheet, bottom: float, fields: Fields, name: str, labelled: list[tuple[str, Span]]) -> None:
    """The value that stands most often, a labelled one before one that is known by its shape alone."""
    seen: list[tuple[str, Span]] = []
    if sheet.page.is_seen or (not labelled and not fields.is_labelled("number")):
        seen = list(_shaped(sheet, bottom, name))
    everything = [*labelled, *seen]
    if not everything:
        return
    values = [value for value, _ in everything]
    named = {value for value, _ in labelled}
    best = max(values, key=lambda value: (values.count(value), value in named, -values.index(value)))
    place = next(span for value, span in everything if value == best)
    twice = sheet.page.is_seen and values.count(best) > 1 and len(set(values)) == 1
    fields.put(name, best, place.box, guessed=best not in named, witnesses=(TWICE,) if twice else ())


def _shaped(sheet: Sheet, bottom: float, name: str) -> Iterator[tuple[str, Span]]:
    """Figures that can be a number or a code by themselves, such as stand where the labels are part of a picture."""
    shape = _NUMBER_SHAPE if name == "number" else _CODE_SHAPE
    for word in sheet.words:
        if word.middle > bottom or _OTHER_FIGURES.search(word.plain):
            continue
        mark = _MARK.match(word.plain)
        start = mark.end() if mark is not None else 0
        digits = shape.fullmatch(word.plain, start)
        if digits is None or (name == "code" and not _may_be_code(digits[0])):
            continue
        if len(digits[0]) == 8 and not start and date_of(digits[0]) is not None:
            continue
        yield digits[0], word.part(*digits.span())


def _may_be_code(digits: str) -> bool:
    """A code of 12 digits begins with 0 or 1 and has its year in the 6th and 7th; device numbers (机器编号) seldom do."""
    return len(digits) != 12 or (digits[0] in "01" and _FIRST_CODE_YEAR <= int(digits[5:7]) <= 40)


def _issued(sheet: Sheet, bottom: float, fields: Fields) -> None:
    dates = []
    for label in sheet.labels(_DATE, "开票日期"):
        beside = _beside(sheet, label) if label.middle <= bottom else None
        text = beside.text if beside is not None else ""
        issued = date_of(re.sub(r"[OoQ]", "0", text) if sheet.page.is_seen else text)
        if beside is not None and issued is not None:
            dates.append((issued, beside, False))
    if not dates:
        for span in sheet.find_all(_WRITTEN_DATE):
            issued = date_of(span.plain)
            if span.middle <= bottom and issued is not None:
                dates.append((issued, span, True))
    if dates:
        issued, span, guessed = dates[0]
        agreed = sheet.page.is_seen and len(dates) > 1 and len({day for day, _, _ in dates}) == 1
        fields.put("issued_on", issued, span.box, guessed=guessed, witnesses=(TWICE,) if agreed else ())
