"""Data that came inside a document, put together with what is printed on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from zhangfang_capture_ocr.reading.parts import Found, Place
from zhangfang_capture_ocr.reading.values import FieldValue, Reading, Value

_COMPARED: Final = (
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


def with_data(found: Sequence[Found], embedded: Sequence[Reading]) -> list[Found]:
    """Each print with its own data; data without a print are invoices as well."""
    whole = []
    open_ = list(embedded)
    for each in found:
        own = next((data for data in open_ if data.number == each.reading.number), None)
        if own is None and len(found) == len(embedded) == 1:
            own = open_[0]
        if own is None:
            whole.append(each)
        else:
            open_.remove(own)
            whole.append(replace(each, reading=together(own, each.reading)))
    return [*whole, *(Found(Place(()), data) for data in open_)]


def together(embedded: Reading, printed: Reading) -> Reading:
    """Embedded values in the printed places; where the two differ, the difference is told, not hidden."""
    fields: dict[str, FieldValue[Value]] = dict(printed.fields)
    differences: dict[str, tuple[str, str]] = dict(printed.disagreements)
    for name, found in embedded.fields.items():
        beside = printed.fields.get(name)
        fields[name] = replace(found, box=found.box or (beside.box if beside is not None else None))
        if name in _COMPARED and beside is not None and _plain(beside.value) != _plain(found.value):
            differences[name] = (str(found.value), str(beside.value))
    lines = embedded.lines or printed.lines
    if embedded.lines and len(lines) == len(printed.lines):
        lines = tuple(replace(a, box=b.box) for a, b in zip(lines, printed.lines, strict=True))
    return replace(printed, kind=embedded.kind, fields=fields, lines=lines, disagreements=differences)


def _plain(value: Value) -> str:
    return "".join(str(value).split()).replace("（", "(").replace("）", ")")
