"""The kept checks: which one speaks of an invoice as it stands, and the record as a row keeps it."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.states import UNANSWERED_CHECKS
from zhangfang_capture_ocr.stored_readings import as_value
from zhangfang_capture_ocr.tables import InvoiceCheck
from zhangfang_sdk.invoice_check import InvoiceRecord, InvoiceState
from zhangfang_sdk.texts import seen

_KEPT = ("seller_name", "seller_tax_id", "buyer_name", "buyer_tax_id", "total", "tax", "reversed_amount")


async def standing(invoice: int, reading: Reading) -> InvoiceRecord | None:
    """The newest answer about the invoice with the values of ``reading``; None where there is none."""
    row = (
        await InvoiceCheck.select()
        .where(InvoiceCheck.invoice == invoice, InvoiceCheck.state.not_in(sorted(UNANSWERED_CHECKS)))
        .order_by(InvoiceCheck.id, ascending=False)
        .first()
    )
    return None if row is None or not is_about(row, reading) else record_of(row)


async def standing_state(invoice: int, reading: Reading) -> str:
    """What ``Invoice.recorded`` is to hold: the state of :func:`standing`, "" where there is none."""
    record = await standing(invoice, reading)
    return "" if record is None else record.state.value


def is_about(row: Mapping[str, Any], reading: Reading) -> bool:
    """Whether an answer speaks of these values: number, code and date are those that were asked by, and so is the total unless the record
    itself names one to compare with."""
    asked = (row["number"], row["code"], row["issued_on"])
    if asked != (reading.number or "", "" if reading.kind.is_digital else reading.code or "", reading.issued_on):
        return False
    names_total = row["state"] != InvoiceState.MISMATCH and as_value(row["record"]).get("total") is not None
    return names_total or row["total"] == reading.total


def record_of(row: Mapping[str, Any]) -> InvoiceRecord:
    """The record of an answered row."""
    answered_at: dt.datetime = row["answered_at"]
    return InvoiceRecord(InvoiceState(row["state"]), answered_at, reference=row["reference"], **as_value(row["record"]))


def columns_of(record: InvoiceRecord) -> dict[Any, Any]:
    """An answer's columns, without signs that nobody sees and overlong names of a stranger's server."""
    kept = {name: _clean(getattr(record, name)) for name in _KEPT}
    return {
        InvoiceCheck.state: record.state.value,
        InvoiceCheck.record: json.dumps(kept, ensure_ascii=False),
        InvoiceCheck.reference: str(_clean(record.reference))[:100],
        InvoiceCheck.answered_at: record.checked_at,
        InvoiceCheck.why_code: "",
        InvoiceCheck.why: "",
    }


def _clean(value: str | int | None) -> str | int | None:
    return seen(value)[:200] if isinstance(value, str) else value
