"""From recognised text and QR codes to an invoice's fields: pure, without engines, files or a database."""

from __future__ import annotations

from collections.abc import Sequence

from zhangfang_capture_ocr.extracting.heads import LABELLED, Found, put, read_head, read_parties
from zhangfang_capture_ocr.extracting.layout import Sheet
from zhangfang_capture_ocr.extracting.redundancy import put_right
from zhangfang_capture_ocr.extracting.tables import read_lines, read_sums, table_of
from zhangfang_capture_ocr.extracting.tickets import read_ticket
from zhangfang_capture_ocr.reading.comparing import compared_with_qr
from zhangfang_capture_ocr.reading.evidence import counted
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, with_code
from zhangfang_capture_ocr.reading.qr import invoice_in
from zhangfang_capture_ocr.reading.titles import kind_of_words
from zhangfang_capture_ocr.reading.values import InvoiceLine, Reading
from zhangfang_sdk.recognition import TextBox

__all__ = ["read_picture"]

TICKETS = frozenset(
    {InvoiceKind.RAIL_PAPER, InvoiceKind.TAXI, InvoiceKind.QUOTA, InvoiceKind.POS, InvoiceKind.TILL, InvoiceKind.RAIL}
)


def read_picture(boxes: Sequence[TextBox], qr_codes: Sequence[str], page_shape: int) -> Reading:
    """One picture's fields. `page_shape` is its height in thousandths of its width, text upright.

    A picture that is no known kind becomes `InvoiceKind.OTHER` with its text and whatever was found.
    """
    sheet = Sheet(boxes, page_shape)
    texts = [run.plain for run in sheet.runs]
    kind = kind_of_words([*texts, *("".join(run.plain for run in row) for row in sheet.rows)])
    qr = invoice_in(tuple(qr_codes))
    if qr is not None and qr.kind is not None and (kind is None or kind is InvoiceKind.OTHER):
        kind = qr.kind
    table = None if kind in TICKETS else table_of(sheet)
    found: Found
    lines: tuple[InvoiceLine, ...] = ()
    if table is None:
        found = read_ticket(sheet, kind or InvoiceKind.OTHER)
    else:
        found = read_head(sheet, table.top)
        found |= read_parties(sheet, table.top, table.total)
        found |= read_sums(sheet, table)
        lines = read_lines(sheet, table)
    code = found.get("code")
    kind = with_code(kind or InvoiceKind.OTHER, str(code.value) if code is not None else None)
    if kind.is_digital:
        found.pop("code", None)
        found.pop("check_code", None)
    if kind is not InvoiceKind.OTHER:
        put(found, "kind", kind.value, None, LABELLED)
    counts = counted(["".join(run.plain for run in row) for row in sheet.rows], texts, qr_codes)
    reading = Reading(kind, found, lines, sheet.text, 1, page_shape=page_shape, counts=counts)
    return put_right(compared_with_qr(reading, qr) if qr is not None else reading)
