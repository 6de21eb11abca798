"""Roll invoices (卷票): a narrow strip on which each label begins a row, and the figures of an item may stand below its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import classification_short, fen_of, number_of
from zhangfang_capture_ocr.reading.forms.item_names import starred
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span, tidied, words_in
from zhangfang_capture_ocr.reading.forms.parties import repaired
from zhangfang_capture_ocr.reading.values import InvoiceLine

_NAME: Final = re.compile(r"(销售方|购买方|购货单位|销货单位)(?:名称)?:?([^:]+)")
_TAX_ID: Final = re.compile(r"纳税人识别号:?([0-9A-Z]{15,20})")
_SIDES: Final = {"销售方": "seller", "销货单位": "seller", "购买方": "buyer", "购货单位": "buyer"}
_COLUMNS: Final = {"unit_price": re.compile("单价"), "quantity": re.compile("数量"), "amount": re.compile("金额")}
_END: Final = re.compile(r"合计|小写|大写")
_WRAPPED: Final = 2
"""Rows that a name may go on for."""


def read_roll_parties(sheet: Sheet, fields: Fields) -> None:
    """Names, which may go on in the rows below their labels, and the tax id that follows each."""
    for place, row in enumerate(sheet.rows):
        match = _NAME.match(row.plain)
        if match is None:
            continue
        side, value = _SIDES[match[1]], row.part(*match.span(2))
        more = _until_label(sheet.rows[place + 1 : place + 2 + _WRAPPED])
        after = sheet.rows[place + 1 + len(more) :][:1]
        tax_id = _TAX_ID.match(after[0].plain.upper()) if after else None
        wrapped = more if tax_id is not None else []
        name = Span(sheet.page, (*value.glyphs, *(glyph for each in wrapped for glyph in each.glyphs)))
        fields.put(f"{side}_name", tidied(name.compact), name.box)
        if tax_id is not None:
            text = repaired(tax_id[1]) if sheet.page.is_seen else tax_id[1]
            fields.put(f"{side}_tax_id", text, after[0].part(*tax_id.span(1)).box)


def _until_label(rows: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for row in rows:
        if ":" in row.plain or _TAX_ID.match(row.plain.upper()):
            break
        found.append(row)
    return found


def roll_lines(sheet: Sheet) -> tuple[InvoiceLine, ...]:
    """The items between the headings 项目, 单价, 数量, 金额 and the sum. Rolls print neither rate nor tax of an item."""
    heads = (row for row in sheet.rows if "项目" in row.plain and all(word.search(row.plain) for word in _COLUMNS.values()))
    heading = next(heads, None)
    if heading is None:
        return ()
    centres = {
        name: heading.part(*match.span()).centre
        for name, word in _COLUMNS.items()
        if (match := word.search(heading.plain)) is not None
    }
    found: list[InvoiceLine] = []
    name: list[Span] = []
    for row in (row for row in sheet.rows if row.middle > heading.bottom):
        if _END.search(row.plain):
            break
        words = words_in(row)
        figures = {
            min(centres, key=lambda column: abs(centres[column] - word.centre)): word.plain
            for word in words
            if number_of(word.plain) is not None
        }
        name += [word for word in words if number_of(word.plain) is None]
        if "amount" in figures and name:
            found.append(_line(sheet, name, figures))
            name = []
    return tuple(found)


def _line(sheet: Sheet, words: Sequence[Span], figures: dict[str, str]) -> InvoiceLine:
    whole = Span(sheet.page, tuple(glyph for word in words for glyph in word.glyphs))
    name = tidied(whole.compact)
    name = starred(name) if sheet.page.is_seen else name
    return InvoiceLine(
        name=name,
        classification_short=classification_short(name),
        classification_code="",
        specification="",
        unit="",
        quantity=number_of(figures.get("quantity", "")),
        unit_price=number_of(figures.get("unit_price", "")),
        amount=fen_of(figures["amount"]),
        rate="",
        tax=None,
        box=whole.box,
    )
