"""Fields that a reviewer changes: read from the form, kept as data, put in the invoice."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.reading import InvoiceKind, Source
from zhangfang_capture_ocr.search_source import KIND
from zhangfang_capture_ocr.services.line_corrections import line_changes_in, part_of, with_changes
from zhangfang_capture_ocr.stored_readings import as_value
from zhangfang_capture_ocr.tables import Correction, Invoice
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen, yuan
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

LABELS: Mapping[str, str] = {
    "kind": "票种",
    "code": "发票代码",
    "number": "发票号码",
    "issued_on": "开票日期",
    "buyer_name": "购买方名称",
    "buyer_tax_id": "购买方税号",
    "seller_name": "销售方名称",
    "seller_tax_id": "销售方税号",
    "amount": "金额(不含税)",
    "tax": "税额",
    "total": "价税合计",
    "total_in_words": "大写金额",
    "check_code": "校验码",
    "remarks": "备注",
}
EDITABLE = (
    "kind",
    "code",
    "number",
    "issued_on",
    "buyer_name",
    "buyer_tax_id",
    "seller_name",
    "seller_tax_id",
    "amount",
    "tax",
    "total",
)
_MONEY = frozenset({"amount", "tax", "total"})
_LONGEST = {"code": 12, "number": 20, "buyer_tax_id": 30, "seller_tax_id": 30, "buyer_name": 200, "seller_name": 200}
BY_HAND = 1000
"""Per mille: what a person wrote counts as certain."""

Written = str | int | dt.date | None


def shown(value: Written) -> str:
    """A value as it stands in the form."""
    if value is None:
        return ""
    return yuan(value) if isinstance(value, int) else value.isoformat() if isinstance(value, dt.date) else value


def changes_in(form: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, Written]:
    """Fields of the form, and parts of lines, that differ from the invoice's row. Raises Refusal ``capture.field_unreadable`` naming the field."""
    changed: dict[str, Written] = {}
    for name in EDITABLE:
        if name not in form:
            continue
        value = _value(name, form[name].replace("\x00", "").strip())
        if (value or None) != (row[name] or None) and not (name in _MONEY and value == row[name]):
            changed[name] = value
    return changed | line_changes_in(form, as_value(row["lines"]))


def _value(name: str, text: str) -> Written:
    label = LABELS[name]
    if name in _MONEY:
        try:
            return fen(text) if text else None
        except Refusal as refusal:
            raise Refusal("capture.field_unreadable", f"{label}:{refusal.sentence}", field=name) from refusal
    if name == "issued_on":
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError as error:
            raise Refusal("capture.field_unreadable", f"{label}请写成 2026-11-20 这样的形式。", field=name) from error
    if name == "kind":
        if text and text not in {kind.value for kind in InvoiceKind}:
            raise Refusal("capture.field_unreadable", "没有这个票种,请从列表里选。", field=name)
        return text
    if len(text) > _LONGEST[name]:
        raise Refusal("capture.field_unreadable", f"{label}太长了,最多 {_LONGEST[name]} 个字。", field=name)
    return text


def corrected(row: Mapping[str, Any], changed: Mapping[str, Written]) -> dict[str, Any]:
    """The invoice's columns with the changes in them."""
    fields = dict(as_value(row["fields"]))
    for name, value in changed.items():
        if name == "kind" or name not in EDITABLE:
            continue
        if value in (None, ""):
            fields.pop(name, None)
            continue
        box = (fields.get(name) or {}).get("box")
        written = {"date": value.isoformat()} if isinstance(value, dt.date) else value
        fields[name] = {"value": written, "source": Source.PERSON.value, "box": box, "confidence": BY_HAND}
    disagreements = {k: v for k, v in as_value(row["disagreements"]).items() if k not in changed}
    columns = {
        name: ("" if value is None and name not in _MONEY and name != "issued_on" else value)
        for name, value in changed.items()
        if name in EDITABLE
    }
    of_lines = {name: value for name, value in changed.items() if not isinstance(value, dt.date)}
    return {
        **row,
        **columns,
        "lines": json.dumps(with_changes(as_value(row["lines"]), of_lines), ensure_ascii=False),
        "fields": json.dumps(fields, ensure_ascii=False),
        "disagreements": json.dumps(disagreements, ensure_ascii=False),
    }


async def keep_changes(row: Mapping[str, Any], after: Mapping[str, Any], changed: Mapping[str, Written]) -> None:
    """Write the changed columns and a correction for each field."""
    if not changed:
        return
    columns = {name: after[name] for name in EDITABLE if name in changed}
    columns |= {name: after[name] for name in ("fields", "lines", "disagreements")}
    await Invoice.update(**columns, updated_at=now()).where(Invoice.id == row["id"])
    use(Search).changed(KIND, [row["item"]])
    await Correction.insert(
        *(
            Correction(
                client=row["client"],
                invoice=row["id"],
                field=name,
                before=shown(_before(row, name)),
                after=shown(value),
                source=str((as_value(row["fields"]).get(name) or {}).get("source", "")),
                kind=after["kind"] or "",
                seller_tax_id=after["seller_tax_id"] or "",
                corrected_by=scope().user,
                corrected_at=now(),
            )
            for name, value in changed.items()
        )
    )


def _before(row: Mapping[str, Any], name: str) -> Written:
    if name in EDITABLE:
        value: Written = row[name]
        return value
    return part_of(as_value(row["lines"]), name)
