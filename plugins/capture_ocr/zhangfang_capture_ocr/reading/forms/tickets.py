"""Tickets and receipts, which have no table of goods: rail, air, taxi, coach, quota, card slips, tills, fiscal and bank receipts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from zhangfang_capture_ocr.reading.capitals import fen_of_capitals
from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import date_of
from zhangfang_capture_ocr.reading.forms.boxed import figure_of, read_boxed
from zhangfang_capture_ocr.reading.forms.heads import read_head
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span
from zhangfang_capture_ocr.reading.forms.parties import read_parties, repaired
from zhangfang_capture_ocr.reading.forms.rolls import read_roll_parties
from zhangfang_capture_ocr.reading.forms.totals import CAPITALS, CAPITALS_RUN
from zhangfang_capture_ocr.reading.kinds import InvoiceKind

TICKETS: Final = frozenset(
    {
        InvoiceKind.ROLL,
        InvoiceKind.RAIL_PAPER,
        InvoiceKind.RAIL,
        InvoiceKind.AIR,
        InvoiceKind.TAXI,
        InvoiceKind.COACH,
        InvoiceKind.QUOTA,
        InvoiceKind.POS,
        InvoiceKind.TILL,
        InvoiceKind.FISCAL,
        InvoiceKind.BANK_SLIP,
    }
)
_TOTALS: Final = (
    "价税合计", "小写", "实付", "应付", "实收", "应收", "合计金额", "金额合计", "总计", "合计", "总额", "票价", "消费金额", "交易金额",
    "金额", "AMOUNT", "TOTAL", "RMB", "小计",
)  # fmt: skip
"""Labels of the sum, the strongest first."""
_RAIL_TOTALS: Final = ("票价", "退票费", "改签费")
_RAIL_NUMBER: Final = re.compile(r"[A-Z]\d{2}[A-Z]\d{6}|[A-Z]\d{6,7}|\d{21}|[A-Z0-9]{1,3}\d{5,7}[A-Z]\d{6}")
_BANK_NUMBER: Final = re.compile(r"(?:回单编号|电子回单号码|回单号码?|交易流水号?|流水号|凭证号码?):?([A-Z0-9-]{6,32})")
_FISCAL_NUMBER: Final = re.compile(r"票据号码:?(\d{8,10})(?!\d)")
_FISCAL_CODE: Final = re.compile(r"票据代码:?(\d{8,12})(?!\d)")
_ENDS: Final = r"(?=统一社会信用代码|纳税人识别号|$)"
_BUYER: Final = re.compile(
    r"(?:购买方名称|单位名称|交款人|付款人(?:名称|户名)?(?!账|帐|开户)|付款方):?(?!名称|户名)([^:].*?)" + _ENDS
)
_SELLER: Final = re.compile(
    r"(?:销售方名称|商户名称|收款单位(?:\(章\))?|收款人(?:名称|户名)|收款方|填开单位):?([^:].*?)" + _ENDS
)
_ID: Final = re.compile(r"(?:统一社会信用代码|纳税人识别号):?([0-9A-Z]{15,20})")
_HOLDER: Final = re.compile(r"户名:?([^:]+)")
_ROW: Final = 1.1
"""How far above or below its label a row of a value stands, in letters."""
_NUMBERED: Final = {
    InvoiceKind.FISCAL: (("number", _FISCAL_NUMBER), ("code", _FISCAL_CODE)),
    InvoiceKind.BANK_SLIP: (("number", _BANK_NUMBER),),
}


def read_ticket(sheet: Sheet, kind: InvoiceKind, fields: Fields) -> None:
    """Number, date, sum and, where they are printed, the parties of a ticket."""
    bottom = sheet.page.height + 1
    read_head(sheet, bottom, fields)
    if kind is InvoiceKind.RAIL_PAPER:
        fields.found.pop("code", None)
        number = next((word for word in sheet.words if _RAIL_NUMBER.fullmatch(word.plain)), None)
        if number is not None:
            fields.put("number", number.plain, number.box, guessed=True)
    for name, pattern in _NUMBERED.get(kind, ()):
        _matched(sheet, pattern, name, fields)
    if "issued_on" not in fields.found:
        _some_date(sheet, fields)
    _capitals(sheet, fields)
    if kind is InvoiceKind.BANK_SLIP:
        read_parties(sheet, bottom, bottom, fields)
        _holders(sheet, fields)
    if kind is InvoiceKind.ROLL:
        read_roll_parties(sheet, fields)
    else:
        _parties(sheet, fields)
    _sum(sheet, kind, fields)
    if kind in (InvoiceKind.RAIL, InvoiceKind.AIR):
        _tax(sheet, fields)
    if kind is InvoiceKind.AIR:
        read_boxed(sheet, fields)


def _matched(sheet: Sheet, pattern: re.Pattern[str], name: str, fields: Fields) -> None:
    """The first place where a row has this label with its value."""
    for row in sheet.rows:
        match = pattern.search(row.plain)
        if match is not None:
            fields.put(name, match[1], row.part(*match.span(1)).box)
            return


def _some_date(sheet: Sheet, fields: Fields) -> None:
    for word in sheet.words:
        issued = date_of(word.text)
        if issued is not None and 1994 <= issued.year <= 2100:
            fields.put("issued_on", issued, word.box, guessed=True)
            return


def _capitals(sheet: Sheet, fields: Fields) -> None:
    for word in sheet.words:
        match = CAPITALS_RUN.search(word.plain.translate(CAPITALS))
        if match is not None and len(match[0]) >= 2 and fen_of_capitals(match[0]) is not None:
            fields.put("total_in_words", match[0], word.box)


def _parties(sheet: Sheet, fields: Fields) -> None:
    """A buyer or payer printed behind its label, with the id below it."""
    for name, pattern in (("buyer_name", _BUYER), ("seller_name", _SELLER)):
        for word in sheet.words if name not in fields.found else ():
            value = _labelled(sheet, word, pattern)
            if value is not None and not _ID.search(value.plain):
                fields.put(name, value.compact, value.box)
                break
    for row in sheet.rows:
        match = _ID.search(row.plain.upper())
        if match is not None and "buyer_name" in fields.found:
            place = row.part(*match.span(1))
            fields.put("buyer_tax_id", repaired(match[1]) if sheet.page.is_seen else match[1], place.box)
            return


def _holders(sheet: Sheet, fields: Fields) -> None:
    """Payer and payee of a bank's receipt whose accounts stand side by side, the payer's left, as all banks print them."""
    holders = [value for word in sheet.words if (value := _labelled(sheet, word, _HOLDER)) is not None]
    if len(holders) == 2 and abs(holders[0].middle - holders[1].middle) < holders[0].size:
        for name, value in zip(("buyer_name", "seller_name"), sorted(holders, key=lambda each: each.left), strict=True):
            if name not in fields.found:
                fields.put(name, value.compact, value.box, guessed=True)


def _labelled(sheet: Sheet, word: Span, pattern: re.Pattern[str]) -> Span | None:
    """What stands behind a label in its own word, or right of a label that stands alone, where it may be written in two rows."""
    match = pattern.match(word.plain)
    if match is not None:
        return word.part(*match.span(1))
    if pattern.match(word.plain + "x") is None or len(word.plain) > 10:
        return None
    first = next(iter(sheet.words_beside(word, 0.1)), None)
    if first is None:
        return None
    near = (each for each in sheet.words if abs(each.middle - word.middle) < _ROW * word.size)
    rows = [each for each in near if abs(each.left - first.left) < word.size and ":" not in each.plain]
    return Span(sheet.page, tuple(glyph for row in rows for glyph in row.glyphs)) if rows else first


def _figures(sheet: Sheet, labels: tuple[str, ...]) -> Iterator[tuple[int, Span]]:
    """Sums behind these labels, in their order."""
    for label in labels:
        for word in sheet.words:
            if label not in word.plain.upper():
                continue
            tail = word.plain.upper().partition(label)[2]
            beside = sheet.beside(word, word.right + 0.6 * sheet.page.width)
            after = [] if beside is None else [(each.plain, each) for each in _pieces(sheet, beside)[:2]]
            for text, place in ((tail, word), *after):
                total = figure_of(text)
                if total is not None:
                    yield total, place


def _pieces(sheet: Sheet, span: Span) -> list[Span]:
    inside = set(map(id, span.glyphs))
    return sorted(
        (word for word in sheet.words if id(word.glyphs[-1]) in inside), key=lambda word: word.left
    )


def _sum(sheet: Sheet, kind: InvoiceKind, fields: Fields) -> None:
    labels = _RAIL_TOTALS if kind in (InvoiceKind.RAIL, InvoiceKind.RAIL_PAPER) else _TOTALS
    for total, place in _figures(sheet, labels):
        fields.put("total", total, place.box)
        return
    signed = [word for word in sheet.words if re.search(r"¥|元$", word.plain) and figure_of(word.plain)]
    if signed:
        best = max(signed, key=lambda word: word.size)
        fields.put("total", figure_of(best.plain), best.box, guessed=True)
    elif kind is InvoiceKind.QUOTA and "total_in_words" in fields.found:
        words = fields.found["total_in_words"]
        fields.put("total", fen_of_capitals(str(words.value)), words.box, guessed=True)


def _tax(sheet: Sheet, fields: Fields) -> None:
    """Tax, and amount without it, where an electronic ticket prints them."""
    for name, labels in (("tax", ("增值税税额", "税额")), ("amount", ("不含税金额",))):
        for fen, place in _figures(sheet, labels):
            fields.put(name, fen, place.box)
            break
