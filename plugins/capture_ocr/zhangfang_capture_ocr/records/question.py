"""From a reading to what the tax administration is asked. Pure."""

from __future__ import annotations

from typing import Final

from zhangfang_capture_ocr.reading import InvoiceKind, Reading
from zhangfang_sdk.invoice_check import InvoiceQuestion

_BY_CHECK_CODE: Final = frozenset(
    {InvoiceKind.ORDINARY_PAPER, InvoiceKind.ROLL, InvoiceKind.ORDINARY_ELECTRONIC, InvoiceKind.TOLL}
)
ON_RECORD: Final = _BY_CHECK_CODE | {
    InvoiceKind.SPECIAL_PAPER,
    InvoiceKind.SPECIAL_ELECTRONIC,
    InvoiceKind.DIGITAL_SPECIAL,
    InvoiceKind.DIGITAL_ORDINARY,
    InvoiceKind.RAIL,
    InvoiceKind.AIR,
    InvoiceKind.VEHICLE,
    InvoiceKind.USED_VEHICLE,
    InvoiceKind.DIGITAL_VEHICLE,
    InvoiceKind.DIGITAL_USED_VEHICLE,
}
"""Kinds that 全国增值税发票查验平台 (inv-veri.chinatax.gov.cn) knows; tickets, receipts and slips are not there."""
CHECK_DIGITS: Final = 6


def question_of(reading: Reading) -> InvoiceQuestion | None:
    """None for kinds that are not on record, and where number, date or total were not read."""
    number, issued_on, total = reading.number, reading.issued_on, reading.total
    if reading.kind not in ON_RECORD or not number or issued_on is None or total is None:
        return None
    digits = (reading.check_code or "").replace(" ", "") if reading.kind in _BY_CHECK_CODE else ""
    return InvoiceQuestion(
        number,
        issued_on,
        total,
        code="" if reading.kind.is_digital else reading.code or "",
        net=reading.amount,
        check_digits=digits[-CHECK_DIGITS:] if digits.isdecimal() and len(digits) >= CHECK_DIGITS else "",
    )
