"""Buyer and seller: by the labels printed beside them, by their place on the form only where there are none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span, first_words, spaced, tidied
from zhangfang_capture_ocr.reading.tax_ids import IdVerdict, check_tax_id

ARITHMETIC: Final = "arithmetic"
"""Witness of a value that was put right by its check digits or by other figures."""
_NAME: Final = re.compile(r"(?<![目务会称])名?称:")
_TAX_ID: Final = re.compile(r"(?:统一社会信用代码/?)?纳税人识别号:?|统一社会信用代码:?")
_SEEN_NAME: Final = re.compile(r"(?:[购买销售方货单位卖信息]{2,5})?.{0,2}?名?称[:.]?")
_NO_PARTY: Final = re.compile(r"项目名|货物|服务名|劳务|开户行|站")
_ID: Final = re.compile(r"[0-9A-Z]{15,20}|[0-9A-Z]{8,14}")
_CIPHER: Final = re.compile(r"[密码区]+|.*[<>+].*[<>+*].*")
_SIDES: Final = {
    "购买方信息": "buyer", "购买方": "buyer", "购货单位": "buyer", "购方": "buyer", "买方": "buyer", "付款方": "buyer",
    "销售方信息": "seller", "销售方": "seller", "销货单位": "seller", "销方": "seller", "卖方": "seller", "收款方": "seller",
}  # fmt: skip
_SIDE_WORDS: Final = re.compile("|".join(sorted(_SIDES, key=len, reverse=True)))
_APART: Final = 0.25
"""Distance of two parties that stand side by side, in widths of the page."""
_LOOKALIKES: Final = {"0": "DQ", "1": "7", "2": "Z", "3": "8", "5": "S", "6": "8", "7": "1", "8": "B", "B": "8", "D": "0",
                      "G": "6", "Q": "0", "U": "0", "V": "Y"}  # fmt: skip
_NO_LETTERS: Final = str.maketrans("OIZS", "0125")


@dataclass(frozen=True, slots=True)
class _Hit:
    label: Span
    text: str
    place: Span
    side: str | None
    repaired: bool = False


def read_parties(sheet: Sheet, top: float, bottom: float, fields: Fields) -> None:
    """Names and tax ids. `top` and `bottom` bound the table: without printed labels the buyer stands left above it, the seller right
    above it or below it."""
    ids = sheet.labels(_TAX_ID, "纳税人识别号")
    names = _name_labels(sheet)
    for ending, labels in (("name", names), ("tax_id", ids)):
        hits = [hit for label in labels if (hit := _hit(sheet, label, labels, ids, ending)) is not None]
        for party, hit in _sided(sheet, hits, labels, top, bottom):
            if f"{party}_{ending}" in fields.found:
                continue
            fields.put(
                f"{party}_{ending}",
                hit.text,
                hit.place.box,
                guessed=hit.side is None and not _usual(hits),
                witnesses=(ARITHMETIC,) if hit.repaired else (),
            )


def _usual(hits: Sequence[_Hit]) -> bool:
    """Whether no label tells the sides on this form at all: the forms of old have fixed places."""
    return all(hit.side is None for hit in hits)


def _name_labels(sheet: Sheet) -> list[Span]:
    if not sheet.page.is_seen:
        return [span for span in sheet.find_all(_NAME) if _stands_alone(sheet, span)]
    found = []
    for word in sheet.words:
        match = _SEEN_NAME.match(word.plain) if "称" in word.plain[:9] else None
        if match is not None and not _NO_PARTY.search(word.plain[: match.end()]):
            found.append(word.part(*match.span()))
    return found


def _stands_alone(sheet: Sheet, label: Span) -> bool:
    """Whether no character stands directly before the label, as in 项目名称; 购买方 may."""
    first = label.glyphs[0]
    before = [
        glyph
        for glyph in sheet.glyphs
        if -0.3 * first.size < first.left - glyph.right < 0.5 * first.size
        and abs(glyph.middle - first.middle) < 0.5 * first.size
        and glyph.char != " "
        and glyph is not first
    ]
    return all(glyph.char in "方家位人" for glyph in before)


def _hit(sheet: Sheet, label: Span, labels: Sequence[Span], ids: Sequence[Span], ending: str) -> _Hit | None:
    edge = min([sheet.edge_right_of(label), *(other.left for other in labels if _right_of(other, label))])
    side = _side(sheet, label)
    if ending == "name":
        place = _name_beside(sheet, label, edge, ids)
        text = "" if place is None else "".join(spaced(row.glyphs) for row in _rows(place)).strip(" :：")
        return None if place is None or not text else _Hit(label, tidied(text) if sheet.page.is_seen else text, place, side)
    beside = sheet.beside(label, edge)
    if beside is None or (sheet.page.is_seen and beside.left - label.right > 0.15 * sheet.page.width):
        return None
    match = _ID.search(first_words(beside, 3.0).plain.upper())
    if match is None:
        return None
    text = repaired(_as_elsewhere(sheet, match[0])) if sheet.page.is_seen else match[0]
    return _Hit(label, text, beside.part(*match.span()), side, text != match[0])


def _as_elsewhere(sheet: Sheet, tax_id: str) -> str:
    """The id as it stands once more on a picture, on the issuer's stamp, where this reading of it is wrong by its check digits, that one is
    right, and they differ in one letter."""
    if check_tax_id(tax_id) is not IdVerdict.WRONG_CHECK_DIGIT:
        return tax_id
    others = {word.plain for word in sheet.words if len(word.plain) == len(tax_id) and check_tax_id(word.plain) is IdVerdict.RIGHT}
    alike = [each for each in others if sum(a != b for a, b in zip(each, tax_id, strict=True)) == 1]
    return alike[0] if len(alike) == 1 else tax_id


def _rows(span: Span) -> list[Span]:
    rows: list[list[int]] = []
    for place, glyph in enumerate(span.glyphs):
        if rows and abs(span.glyphs[rows[-1][-1]].middle - glyph.middle) < 0.5 * glyph.size:
            rows[-1].append(place)
        else:
            rows.append([place])
    return [Span(span.page, tuple(span.glyphs[place] for place in row)) for row in rows]


def _right_of(other: Span, label: Span) -> bool:
    return other.left > label.right and abs(other.middle - label.middle) < label.size


def _name_beside(sheet: Sheet, label: Span, edge: float, ids: Sequence[Span]) -> Span | None:
    """A name, which may be wrapped around or below the line of its label."""
    below = [span.middle for span in ids if 0.5 * label.size < span.middle - label.middle < 6 * label.size]
    next_line = min(below, default=label.middle + 1.6 * label.size)
    if sheet.page.is_seen:
        return _seen_name(sheet, label, edge, next_line)
    rows = sheet.within(label.end + 0.1, label.middle - 1.1 * label.size, edge, next_line - 0.7 * label.size)
    if not rows:
        return None
    rows = [first_words(row, 3.0) for row in rows]
    return Span(sheet.page, tuple(glyph for row in rows for glyph in row.glyphs))


def _seen_name(sheet: Sheet, label: Span, edge: float, next_line: float) -> Span | None:
    """The rest of the label's own word, or the next word on its line; and a word below that continues it."""
    beside = sheet.beside(label, edge)
    if beside is None:
        return None
    value = first_words(beside, 1.5)
    if value.left - label.right > 0.12 * sheet.page.width or _CIPHER.fullmatch(value.plain) or "识别号" in value.plain:
        return None
    more = [
        word
        for word in sheet.words
        if value.bottom - 0.3 * value.size < word.middle < next_line - 0.6 * value.size
        and abs(word.left - value.left) < 1.5 * value.size
        and ":" not in word.plain
    ]
    return Span(sheet.page, (*value.glyphs, *(glyph for word in more for glyph in word.glyphs)))


def _side(sheet: Sheet, label: Span) -> str | None:
    """The party whose label stands beside: written downwards at the left, or before the label in its own words."""
    row = next((row for row in sheet.rows if label.glyphs[0] in row.glyphs), None)
    if row is not None:
        before = Span(sheet.page, tuple(glyph for glyph in row.glyphs if glyph.left < label.left))
        words = before.plain[-5:] if before.glyphs and label.left - before.right < 1.5 * label.size else ""
        own = _SIDE_WORDS.search(words) or _SIDE_WORDS.match(label.plain)
        if own is not None:
            return _SIDES[own[0]]
    near = [
        (label.left - span.right, _SIDES[word])
        for word, span in sheet.vertical
        if word in _SIDES
        and span.right < label.left + label.size
        and span.top - 2 * span.size < label.middle < span.bottom + 2 * span.size
    ]
    return min(near)[1] if near else None


def _sided(
    sheet: Sheet, hits: Sequence[_Hit], labels: Sequence[Span], top: float, bottom: float
) -> list[tuple[str, _Hit]]:
    """Which hit is whose. A label with nothing beside it keeps its place: what is right of it is the seller's."""
    told = {hit.side: hit for hit in reversed(hits) if hit.side is not None}
    if len(told) == 2 or (told and len(hits) == 1):
        return [(side, hit) for side, hit in told.items() if side is not None]
    width = sheet.page.width
    above = sorted((hit for hit in hits if hit.label.middle < top), key=lambda hit: hit.label.left)
    below = [hit for hit in hits if hit.label.middle > bottom and hit.label.left < width / 2]
    found = []
    if len(above) == 1 and any(_apart(above[0].label, label, width) for label in labels):
        found.append(("seller", above.pop()))
    if above and (not below or above[0].label.left < 0.45 * width):
        found.append(("buyer", above[0]))
    if len(above) > 1 and above[-1].label.left - above[0].label.left > _APART * width:
        found.append(("seller", above[-1]))
    elif below:
        found.append(("seller", min(below, key=lambda hit: hit.label.left)))
    # A printed label is believed before a place.
    return [(side, hit) for side, hit in found if hit.side in (None, side)] + [
        (side, hit) for side, hit in told.items() if side is not None and side not in {each for each, _ in found}
    ]


def _apart(label: Span, other: Span, width: float) -> bool:
    """Whether a label stands right of another of its kind, as the seller's does of the buyer's."""
    return _right_of(label, other) and label.left - other.left > _APART * width


def repaired(tax_id: str) -> str:
    """The id with misread letters put right where the check digits allow exactly one such id; else as it is.

    GB 32100-2015 has no I, O, S, V, Z: such letters are the figures that they look like. Besides these one letter may be
    another's look-alike, or the 9 at the beginning lost.
    """
    if check_tax_id(tax_id) not in (IdVerdict.WRONG_CHECK_DIGIT, IdVerdict.WRONG_FORM):
        return tax_id
    plain = tax_id.translate(_NO_LETTERS)
    tried = {plain, f"9{plain}"} | {
        plain[:place] + other + plain[place + 1 :]
        for place, letter in enumerate(plain)
        for other in _LOOKALIKES.get(letter, "")
    }
    right = [each for each in tried if check_tax_id(each) is IdVerdict.RIGHT]
    return right[0] if len(right) == 1 else tax_id
