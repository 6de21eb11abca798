"""Several sources of one invoice, made into one reading that names its witnesses and its contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from zhangfang_capture_ocr.reading.kinds import InvoiceKind
from zhangfang_capture_ocr.reading.qr import InvoiceQr
from zhangfang_capture_ocr.reading.values import FieldValue, Reading, Source, Value

TRUST: Final = (Source.PERSON, Source.XML, Source.XBRL, Source.OFD, Source.PDF_TEXT, Source.QR, Source.OCR)
"""The order in which sources are believed."""
QR_CONFIDENCE: Final = 950
_COMPARED: Final = (
    "code", "number", "issued_on", "buyer_tax_id", "seller_tax_id", "amount", "tax", "total",
)  # fmt: skip
"""Fields on which sources must agree; names differ by line breaks and spaces in print."""


def compared(readings: Sequence[Reading]) -> Reading:
    """The most trusted reading, filled up from the others; equal values become witnesses, others disagreements.

    Raises ValueError without readings.
    """
    if not readings:
        raise ValueError("nothing to compare")
    ordered = sorted(readings, key=_rank)
    best = ordered[0]
    fields = dict(best.fields)
    disagreements = dict(best.disagreements)
    for other in ordered[1:]:
        for name, found in other.fields.items():
            mine = fields.get(name)
            if mine is None:
                fields[name] = found
            elif mine.value == found.value:
                if found.source is not mine.source:
                    fields[name] = _witnessed(mine, found.source.value)
            elif name in _COMPARED:
                disagreements.setdefault(name, (_shown(mine.value), _shown(found.value)))
    lines = best.lines or next((other.lines for other in ordered if other.lines), ())
    text = best.text or next((other.text for other in ordered if other.text), "")
    return replace(best, fields=fields, lines=lines, text=text, disagreements=disagreements)


def compared_with_qr(reading: Reading, qr: InvoiceQr) -> Reading:
    """The reading with what its QR code says: agreeing fields gain a witness, missing ones are filled.

    Where print was only recognised and differs, the code's exact value is kept and the field is marked as disagreeing.
    """
    said: dict[str, Value | None] = {
        "code": qr.code or None,
        "number": qr.number,
        "issued_on": qr.issued_on,
        _sum_said(reading, qr): qr.sum_fen,
        "check_code": qr.check_code or None,
    }
    fields = dict(reading.fields)
    disagreements = dict(reading.disagreements)
    for name, value in said.items():
        mine = fields.get(name)
        if value is None:
            continue
        if mine is None:
            fields[name] = FieldValue(value, Source.QR, None, QR_CONFIDENCE)
        elif mine.value == value:
            fields[name] = _witnessed(mine, Source.QR.value)
        elif name != "check_code" or mine.source is not Source.OCR:
            disagreements[name] = (_shown(value), _shown(mine.value))
            if mine.source is Source.OCR:
                fields[name] = FieldValue(value, Source.QR, mine.box, QR_CONFIDENCE)
        else:
            fields[name] = FieldValue(value, Source.QR, mine.box, QR_CONFIDENCE)
    kind = reading.kind
    if kind is InvoiceKind.OTHER and qr.kind is not None:
        kind = qr.kind
        fields["kind"] = FieldValue(kind.value, Source.QR, None, QR_CONFIDENCE)
    return replace(reading, kind=kind, fields=fields, disagreements=disagreements)


def _sum_said(reading: Reading, qr: InvoiceQr) -> str:
    """Which sum the code holds: without tax on invoices with a code, with it on others; some issuers do it the other way."""
    usual, other = ("total", "amount") if qr.is_digital or not qr.code else ("amount", "total")
    mine, its = reading.fields.get(usual), reading.fields.get(other)
    if mine is not None and mine.value != qr.sum_fen and its is not None and its.value == qr.sum_fen:
        return other
    return usual


def _rank(reading: Reading) -> int:
    ranks = [TRUST.index(found.source) for found in reading.fields.values()]
    return min(ranks, default=len(TRUST))


def _witnessed(found: FieldValue[Value], witness: str) -> FieldValue[Value]:
    return found if witness in found.witnesses else replace(found, witnesses=(*found.witnesses, witness))


def _shown(value: Value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
    return value
