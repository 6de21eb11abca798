"""Tickets and receipts on pictures: railway, taxi, quota, card slips and till receipts. One sum, seldom anything that proves it."""

from __future__ import annotations

import re
from typing import Final

from zhangfang_capture_ocr.extracting.heads import LABELLED, SHAPED, Found, put, read_head
from zhangfang_capture_ocr.extracting.labels import CAPITALS, CAPITALS_RUN
from zhangfang_capture_ocr.extracting.layout import Run, Sheet
from zhangfang_capture_ocr.proofs.capitals import fen_of_capitals
from zhangfang_capture_ocr.reading.figures import date_of, fen_of
from zhangfang_capture_ocr.reading.kinds import InvoiceKind

_SUM: Final = re.compile(r"-?\d[\d,]*(?:\.\d{1,2})?")
_TOTALS: Final = (
    "价税合计", "实付", "应付", "实收", "应收", "合计金额", "总计", "合计", "总额", "票价", "消费金额", "交易金额",
    "金额", "AMOUNT", "TOTAL", "RMB", "小计",
)  # fmt: skip
"""Labels of the sum, the strongest first."""
_NUMBER: Final = re.compile(r"^[A-Z]\d{6,7}$|^\d{21}$|^[A-Z0-9]{1,3}\d{5,7}[A-Z]\d{6}$")


def read_ticket(sheet: Sheet, kind: InvoiceKind) -> Found:
    """Number, date and sum of a ticket, as far as they stand there."""
    found = read_head(sheet, 10.0)
    if kind is InvoiceKind.RAIL_PAPER:
        found.pop("code", None)
        for run in sheet.runs:
            if _NUMBER.match(run.plain):
                put(found, "number", run.plain, run.box, SHAPED)
                break
    if "issued_on" not in found:
        for run in sheet.runs:
            issued = date_of(run.plain)
            if issued is not None and 1994 <= issued.year <= 2100:
                put(found, "issued_on", issued, run.box, SHAPED)
                break
    for run in sheet.runs:
        match = CAPITALS_RUN.search(run.plain.translate(CAPITALS))
        if match is not None and fen_of_capitals(match[0]) is not None and len(match[0]) >= 2:
            put(found, "total_in_words", match[0], run.box, LABELLED)
    _sum(sheet, kind, found)
    return found


def _sum(sheet: Sheet, kind: InvoiceKind, found: Found) -> None:
    for word in _TOTALS:
        for run in sheet.runs:
            if word not in run.plain.upper():
                continue
            tail = run.plain.upper().partition(word)[2]
            for text, place in ((tail, run), *((other.plain, other) for other in sheet.beside(run, 0.6)[:2])):
                total = _figure(text)
                if total is not None:
                    put(found, "total", total, place.box, LABELLED)
                    return
    signed = [run for run in sheet.runs if re.search(r"[¥￥]|元$", run.plain) and _figure(run.plain) is not None]
    if signed:
        best: Run = max(signed, key=lambda run: run.height)
        put(found, "total", _figure(best.plain), best.box, SHAPED)
    elif kind is InvoiceKind.QUOTA and "total_in_words" in found:
        words = found["total_in_words"]
        put(found, "total", fen_of_capitals(str(words.value)), words.box, SHAPED)


def _figure(text: str) -> int | None:
    plain = re.sub(r"[¥￥:元()%圆]|RMB|CNY", "", text)
    match = _SUM.fullmatch(plain)
    return fen_of(match[0]) if match is not None and len(plain) <= 12 else None
