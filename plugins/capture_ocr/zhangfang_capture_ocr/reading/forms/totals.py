"""The total of an invoice, in figures and in capitals, and its remarks."""

from __future__ import annotations

import re
from typing import Final

from zhangfang_capture_ocr.reading.capitals import fen_of_capitals
from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import fen_of
from zhangfang_capture_ocr.reading.forms.columns import money_in
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span

CAPITALS: Final = str.maketrans(
    {
        "園": "圆", "圓": "圆", "囵": "圆", "元": "圆", "正": "整", "壶": "壹", "壸": "壹", "壺": "壹", "臺": "壹",
        "貳": "贰", "弍": "贰", "叄": "叁", "參": "叁", "肄": "肆", "伵": "伍", "陸": "陆", "柴": "柒", "染": "柒",
        "拐": "捌", "久": "玖", "玫": "玖", "恰": "拾", "抬": "拾", "陌": "佰", "伯": "佰", "百": "佰", "千": "仟", "仔": "仟",
        "萬": "万", "億": "亿", "雯": "零", "夸": "零", "○": "零", "O": "零", "〇": "零",
    }
)  # fmt: skip
"""Characters that recognisers give for those of sums in capitals."""
CAPITALS_RUN: Final = re.compile(r"(?:\(负数\))?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿圆角分整]{2,}")
IN_WORDS: Final = re.compile(r"价税合计(?:\(?大写\)?)?:?")
_PRINTED_CAPITALS: Final = re.compile(r"\(?负?数?\)?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿圆元角分整正]{2,}")
_IN_FIGURES: Final = re.compile(r"\(小写\):?|小写:?")
_MONEY: Final = re.compile(r"¥?-?[\d,]+\.\d{2}(?!\d)")
_DRAWER: Final = re.compile(r"开票人:")
_REMARK_LABEL: Final = "备注"


def read_totals(sheet: Sheet, fields: Fields) -> None:
    """Total and total in capitals, beside the label 价税合计."""
    words = next(iter(sheet.labels(IN_WORDS, "价税合计")), None)
    if sheet.page.is_seen:
        _seen_totals(sheet, words, fields)
        return
    line = sheet.beside(words) if words is not None else None
    if line is None:
        return
    capitals = _PRINTED_CAPITALS.search(line.plain)
    if capitals is not None:
        span = line.part(*capitals.span())
        fields.put("total_in_words", span.compact, span.box)
    figures = _IN_FIGURES.search(line.plain)
    match = _MONEY.search(line.plain, figures.end() if figures is not None else 0)
    if match is not None:
        span = line.part(*match.span())
        fields.put("total", fen_of(span.compact), span.box)


def _seen_totals(sheet: Sheet, words: Span | None, fields: Fields) -> None:
    """The same on a picture, where the label may be lost, a line less than level and a letter misread."""
    figures = sheet.labels(_IN_FIGURES, "(小写)")
    anchor = words or next(iter(figures), None)
    if anchor is None:
        return
    reach = 1.2 * sheet.line
    line = [word for word in sheet.words if abs(word.middle - anchor.middle) < reach]
    for label in figures:
        sums = [word for word in sheet.words_beside(label, 0.25) if money_in(word) is not None]
        if sums and abs(label.middle - anchor.middle) < reach:
            fields.put("total", money_in(sums[0]), sums[0].box)
            break
    if "total" not in fields.found:
        signed = [word for word in line if word.plain.startswith("¥") and money_in(word) is not None]
        for word in (each for each in signed if each.middle > anchor.middle - 0.6 * sheet.line):
            fields.put("total", money_in(word), word.box, guessed=True)
    for word in line:
        capitals = _seen_capitals(word.plain)
        if capitals is not None:
            fields.put("total_in_words", capitals, word.box)


def _seen_capitals(plain: str) -> str | None:
    text = re.sub(r"^.*大写\)?:?", "", plain).translate(CAPITALS).lstrip("⊗Ⓧ×X⑧@®&Q0·8:：")
    match = CAPITALS_RUN.search(text)
    whole = match is not None and len(match[0]) >= 3 and match.end() > len(text) - 3
    return match[0] if match is not None and whole and fen_of_capitals(match[0]) is not None else None


def read_remarks(sheet: Sheet, fields: Fields) -> None:
    """What stands beside 备注, below the total and above the drawer's name."""
    label = next((span for word, span in sheet.vertical if word == _REMARK_LABEL), None)
    total = sheet.find(IN_WORDS)
    if label is None or total is None:
        return
    drawer = next((span for span in sheet.find_all(_DRAWER) if span.middle > label.middle), None)
    bottom = drawer.top if drawer is not None else sheet.page.height
    rows = sheet.within(label.right, total.middle + total.size, sheet.page.width, bottom)
    if rows:
        box = Span(sheet.page, tuple(glyph for row in rows for glyph in row.glyphs)).box
        fields.put("remarks", "\n".join(row.text for row in rows), box)
