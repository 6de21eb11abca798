"""A reading as the columns of an invoice, and back."""

import json
from collections.abc import Mapping
from typing import Any

from zhangfang_capture_ocr.reading import InvoiceKind, Reading
from zhangfang_capture_ocr.reading.wire import FORMAT, dump, load

TEXT_FIELDS = (
    "code",
    "number",
    "buyer_name",
    "buyer_tax_id",
    "seller_name",
    "seller_tax_id",
    "total_in_words",
    "check_code",
    "remarks",
)
MONEY_FIELDS = ("amount", "tax", "total")
_LONGEST = {"code": 12, "number": 40, "buyer_tax_id": 30, "seller_tax_id": 30, "check_code": 40, "total_in_words": 100}
TEXT_KEPT = 20_000


def columns_of(reading: Reading) -> dict[str, Any]:
    """Values of the invoice's columns by name; what was not found is "" or None."""
    written = json.loads(dump(reading))
    columns: dict[str, Any] = {
        name: (getattr(reading, name) or "")[: _LONGEST.get(name, 200 if name != "remarks" else 2000)]
        for name in TEXT_FIELDS
    }
    columns |= {name: getattr(reading, name) for name in MONEY_FIELDS}
    return columns | {
        "kind": reading.kind.value,
        "issued_on": reading.issued_on,
        "fields": json.dumps(written["fields"], ensure_ascii=False),
        "lines": json.dumps(written["lines"], ensure_ascii=False),
        "disagreements": json.dumps(written["disagreements"], ensure_ascii=False),
        "counts": json.dumps(written["counts"]),
        "seal": reading.seal.value,
        "signer": reading.signer.replace("\x00", "")[:100],
        "text": reading.text.replace("\x00", "")[:TEXT_KEPT],
        "pages": reading.pages,
        "page_shape": reading.page_shape,
    }


def reading_of(row: Mapping[str, Any]) -> Reading:
    """The reading that :func:`columns_of` wrote; JSON columns may come as text or as values."""
    return load(
        json.dumps(
            {
                "format": FORMAT,
                "kind": row["kind"] or InvoiceKind.OTHER.value,
                "text": row["text"],
                "pages": row["pages"],
                "page_shape": row["page_shape"],
                "seal": row["seal"],
                "signer": row["signer"],
                **{name: as_value(row[name]) for name in ("fields", "lines", "disagreements", "counts")},
            }
        )
    )


def as_value(written: Any) -> Any:
    """JSON as Piccolo gives it: text, or loaded already."""
    return json.loads(written) if isinstance(written, str) else written
