"""An invoice that came as data, laid out as the printed 数电票, for the eye. Pure.

Coordinates are in a picture of WIDTH by HEIGHT units; the templates draw them as SVG.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from zhangfang_capture_ocr.reading import Reading
from zhangfang_sdk.money import yuan

WIDTH, HEIGHT = 1640, 1060
LINES_SHOWN = 9
_ROW = 44


@dataclass(frozen=True, slots=True)
class Word:
    """One text: ``anchor`` start, middle or end; ``tone`` "print" (brown form) or "ink" (what was filled in)."""

    x: int
    y: int
    text: str
    size: int = 25
    anchor: str = "start"
    tone: str = "ink"


@dataclass(frozen=True, slots=True)
class Frame:
    """A field's place, or a line's ("line_0"): name, x, y, width, height."""

    field: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sheet:
    words: tuple[Word, ...]
    frames: tuple[Frame, ...]
    rules: tuple[tuple[int, int, int, int], ...]


_RULES = (
    (600, 112, 1040, 112),
    (600, 118, 1040, 118),
    (40, 190, 1600, 190),
    (40, 350, 1600, 350),
    (40, 790, 1600, 790),
    (40, 880, 1600, 880),
    (40, 990, 1600, 990),
    (40, 190, 40, 990),
    (1600, 190, 1600, 990),
    (820, 190, 820, 350),
    (90, 190, 90, 350),
    (870, 190, 870, 350),
)
_HEADS = (
    (60, "start", "项目名称"),
    (560, "middle", "规格型号"),
    (720, "middle", "单位"),
    (850, "end", "数量"),
    (1040, "end", "单价"),
    (1240, "end", "金额"),
    (1370, "end", "税率"),
    (1570, "end", "税额"),
)


def typeset(reading: Reading) -> Sheet:
    """Everything that stands on the invoice, at most LINES_SHOWN of its lines."""
    at = {name: _text(reading, name) for name in (*_FILLED, "amount", "tax", "total", "total_in_words", "remarks")}
    words = [Word(820, 92, reading.kind.printed_title or reading.kind.value, 40, "middle", "print")]
    frames: list[Frame] = []
    for name, (label, label_x, x, y, width) in _FILLED.items():
        words.append(Word(label_x, y, label, 24, "start", "print"))
        if at[name]:
            words.append(Word(x + 8, y, at[name], 25))
            frames.append(Frame(name, x, y - 31, width, 43))
    words += [Word(65, y, c, 22, "middle", "print") for c, y in zip("购买方", (245, 280, 315), strict=True)]
    words += [Word(845, y, c, 22, "middle", "print") for c, y in zip("销售方", (245, 280, 315), strict=True)]
    words += [Word(x, 390, text, 24, anchor, "print") for x, anchor, text in _HEADS]
    line_words, line_frames = _lines(reading)
    words += line_words
    frames += line_frames
    words.append(Word(200, 765, "合          计", 24, "middle", "print"))
    for name, right, width in (("amount", 1240, 210), ("tax", 1570, 180)):
        if at[name]:
            words.append(Word(right, 765, f"¥{at[name]}", 25, "end"))
            frames.append(Frame(name, right - width, 733, width + 12, 45))
    words.append(Word(60, 845, "价税合计(大写)", 24, "start", "print"))
    if at["total_in_words"]:
        words.append(Word(330, 845, at["total_in_words"], 26))
        frames.append(Frame("total_in_words", 318, 812, 620, 47))
    words.append(Word(1060, 845, "(小写)", 24, "start", "print"))
    if at["total"]:
        words.append(Word(1160, 845, f"¥{at['total']}", 27))
        frames.append(Frame("total", 1148, 812, 300, 47))
    words.append(Word(60, 945, "备注", 24, "start", "print"))
    words.append(Word(150, 945, _fitted(at["remarks"], 1400, 24), 24))
    return Sheet(tuple(words), tuple(frames), _RULES)


_FILLED: Mapping[str, tuple[str, int, int, int, int]] = {
    "number": ("发票号码:", 1110, 1230, 90, 350),
    "issued_on": ("开票日期:", 1110, 1230, 145, 250),
    "buyer_name": ("名称:", 105, 175, 250, 620),
    "buyer_tax_id": ("统一社会信用代码/纳税人识别号:", 105, 470, 320, 330),
    "seller_name": ("名称:", 885, 955, 250, 620),
    "seller_tax_id": ("统一社会信用代码/纳税人识别号:", 885, 1250, 320, 330),
}


def _lines(reading: Reading) -> tuple[list[Word], list[Frame]]:
    words: list[Word] = []
    frames: list[Frame] = []
    shown = reading.lines[:LINES_SHOWN]
    if len(reading.lines) > LINES_SHOWN:
        shown = reading.lines[: LINES_SHOWN - 1]
    for place, line in enumerate(shown):
        y = 435 + place * _ROW - (place * 12 if len(shown) > 6 else 0)
        cells = (
            (60, "start", _fitted(line.name, 420, 24)),
            (560, "middle", _fitted(line.specification, 130, 24)),
            (720, "middle", _fitted(line.unit, 80, 24)),
            (850, "end", "" if line.quantity is None else f"{line.quantity.normalize():f}"),
            (1040, "end", "" if line.unit_price is None else _fitted(f"{line.unit_price.normalize():f}", 180, 24)),
            (1240, "end", "" if line.amount is None else yuan(line.amount)),
            (1370, "end", line.rate),
            (1570, "end", "" if line.tax is None else yuan(line.tax)),
        )
        words += [Word(x, y, text, 24, anchor) for x, anchor, text in cells if text]
        frames.append(Frame(f"line_{place}", 48, y - 28, 1540, 38))
    if len(shown) < len(reading.lines):
        words.append(Word(60, 715, f"……共 {len(reading.lines)} 行,其余见原件", 24, "start", "print"))
    return words, frames


def _text(reading: Reading, name: str) -> str:
    value = getattr(reading, name)
    if value is None:
        return ""
    if name in ("amount", "tax", "total"):
        return yuan(value)
    if name == "issued_on":
        return f"{value.year}年{value.month:02d}月{value.day:02d}日"
    return str(value)


def _fitted(text: str, width: int, size: int) -> str:
    """The text cut to a width; wide characters count one size, others a little over a half."""
    used = 0.0
    for place, char in enumerate(text):
        used += size if unicodedata.east_asian_width(char) in "WF" else size * 0.56
        if used > width:
            return text[: max(place - 1, 0)] + "…"
    return text
