"""Text on printed pages (reportlab), in the typeface of the house, embedded so that every reader shows it. Lengths are points.

A canvas is drawn on after :func:`register_font`::

    register_font()
    canvas = Canvas(out, pagesize=A4)
    for n, line in enumerate(wrapped(sentence, 400, 9)):
        write(canvas, 60, 700 - 14 * n, line, 9)
"""

import unicodedata
from itertools import groupby
from typing import Any, Literal

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # ships no types
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

from zhangfang_sdk import use
from zhangfang_sdk.typefaces import Typefaces

FONT = "zhangfang"
RARE = "zhangfang-rare"
MISSING = "□"
UNSEEN = ("Cc", "Cf", "Mn", "Zs", "Zl", "Zp")
"""Categories of characters that nobody misses: joiners, variation selectors, blanks."""
CLOSING = ",。;:、!?)》”%,.;:!?)"


def register_font() -> None:
    """Once in a process."""
    if FONT in pdfmetrics.getRegisteredFontNames():
        return
    pdfmetrics.registerFont(TTFont(FONT, str(use(Typefaces).regular())))
    if (rare := use(Typefaces).rare()) is not None:
        pdfmetrics.registerFont(TTFont(RARE, str(rare)))


def runs(text: str) -> list[tuple[str, str]]:
    """(font, part): the parts of ``text``, each in a font that has its characters. For one that no font here has, an emoji, stands □:
    a reader sees that something stood there."""
    placed = [_placed(character) for character in text]
    return [(font, "".join(character for _, character in part)) for font, part in groupby(placed, key=lambda one: one[0])]


def width(text: str, size: float) -> float:
    return float(sum(pdfmetrics.stringWidth(part, font, size) for font, part in runs(text)))


def write(
    canvas: Any, x: float, y: float, text: str, size: float, align: Literal["left", "centre", "right"] = "left", *, bold: bool = False
) -> None:
    """Write ``text`` with its left end, middle or right end at ``x``. The typeface has one weight: bold is drawn with a thin outline."""
    start = x if align == "left" else x - width(text, size) / (2 if align == "centre" else 1)
    canvas.saveState()
    canvas.setLineWidth(0.25)
    line = canvas.beginText(start, y)
    line.setTextRenderMode(2 if bold else 0)
    for font, part in runs(text):
        line.setFont(font, size)
        line.textOut(part)
    canvas.drawText(line)
    canvas.restoreState()


def wrapped(text: str, wide: float, size: float) -> list[str]:
    """Lines that are no wider than ``wide``; Chinese breaks anywhere, but no line begins with a closing mark. Newlines are kept."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for character in paragraph:
            if line and width(line + character, size) > wide and character not in CLOSING:
                lines.append(line)
                line = ""
            line += character
        lines.append(line)
    return lines


def fitted(text: str, wide: float, size: float) -> str:
    """Cut what does not fit, and show that it was cut."""
    if width(text, size) <= wide:
        return text
    while text and width(text + "…", size) > wide:
        text = text[:-1]
    return text + "…"


def _placed(character: str) -> tuple[str, str]:
    for font in (FONT, RARE):
        if font in pdfmetrics.getRegisteredFontNames() and ord(character) in pdfmetrics.getFont(font).face.charToGlyph:
            return font, character
    return FONT, character if unicodedata.combining(character) or unicodedata.category(character) in UNSEEN else MISSING
