"""What recognised values need besides: something else on the same picture that says the same."""

from __future__ import annotations

from typing import Final

from zhangfang_capture_ocr.proofs.values import Fixer, ProofResult
from zhangfang_capture_ocr.reading import FieldValue, InvoiceKind, Reading, Source, Value

NEEDED: Final = frozenset({"number.witness", "date.witness"})
WITHOUT_CODE: Final = frozenset(
    {InvoiceKind.RAIL_PAPER, InvoiceKind.POS, InvoiceKind.TILL, InvoiceKind.BANK_SLIP, InvoiceKind.OTHER}
)
"""Kinds on which no code is printed besides their number."""
QR_SINCE: Final = 17
"""Two-digit year in the code of paper invoices from which on they carry a QR code."""
_CODE_AGE: Final = 5
"""Years for which a printed paper form (year in its code) is used up at most."""


def is_recognised(reading: Reading) -> bool:
    """Whether any sum, number or date was recognised on a picture or read from its QR code."""
    names = ("total", "amount", "tax", "number", "code", "issued_on")
    found = (reading.fields.get(name) for name in names)
    return any(each is not None and each.source in (Source.OCR, Source.QR) for each in found)


def said_by_qr(reading: Reading, name: str) -> bool:
    """Whether print and QR code agree on a field."""
    found = reading.fields.get(name)
    return found is not None and Source.QR.value in found.witnesses


def recognised(reading: Reading) -> tuple[ProofResult, ...]:
    """Number and date of a picture are said twice; nothing for readings of data or of a text layer."""
    return (_number(reading), _date(reading)) if is_recognised(reading) else ()


def _number(reading: Reading) -> ProofResult:
    coded = not reading.kind.is_digital and reading.kind not in WITHOUT_CODE
    names = ("code", "number") if coded else ("number",)
    for name in names:
        found = reading.fields.get(name)
        if found is None or not (found.witnesses or _is_of_a_code_that_fits(reading, found)):
            word = "发票代码" if name == "code" else "发票号码"
            sentence = f"{word}只读到一处，没有别处可以印证，请会计对照原票看一眼。"
            return ProofResult("number.witness", None, name, sentence, Fixer.ACCOUNTANT)
    return ProofResult("number.witness", True, "number", "发票号码有两处印证。", Fixer.NOBODY)


def _is_of_a_code_that_fits(reading: Reading, found: FieldValue[Value]) -> bool:
    """Whether a value that print lost stands in a QR code, which checks itself, whose date and sum are those in print: it is this invoice's."""
    sums = (said_by_qr(reading, "amount"), said_by_qr(reading, "total"))
    return found.source is Source.QR and said_by_qr(reading, "issued_on") and any(sums)


def _date(reading: Reading) -> ProofResult:
    """By the QR code or a second print; on old paper forms without a QR code by the year in the code."""
    found, code = reading.fields.get("issued_on"), reading.code or ""
    issued = reading.issued_on
    if found is not None and found.witnesses:
        return ProofResult("date.witness", True, "issued_on", "开票日期有两处印证。", Fixer.NOBODY)
    if issued is not None and len(code) == 10 and code.isdecimal():
        year = int(code[4:6])
        if year < QR_SINCE and 0 <= issued.year - 2000 - year <= _CODE_AGE:
            return ProofResult("date.witness", True, "issued_on", "开票日期与发票代码里的年份相符。", Fixer.NOBODY)
    sentence = "开票日期只读到一处，没有别处可以印证，请会计对照原票看一眼。"
    return ProofResult("date.witness", None, "issued_on", sentence, Fixer.ACCOUNTANT)
