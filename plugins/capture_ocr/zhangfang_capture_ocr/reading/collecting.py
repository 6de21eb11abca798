"""Gathers the fields of one reading, leaving out what is empty."""

from __future__ import annotations

from datetime import date

from zhangfang_capture_ocr.reading.figures import date_of, fen_of
from zhangfang_capture_ocr.reading.values import Box, FieldValue, Source, Value

MONEY_FIELDS = ("amount", "tax", "total")
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
CERTAIN = 1000
"""Confidence, per mille, of a value that a machine issued as data."""


class Fields:
    """Collects values of one source."""

    def __init__(self, source: Source, confidence: int = CERTAIN) -> None:
        self._source = source
        self._confidence = confidence
        self.found: dict[str, FieldValue[Value]] = {}

    def put(self, name: str, value: Value | None, box: Box | None = None, confidence: int | None = None) -> None:
        """Keep `value` under `name` unless it is None or empty text."""
        if value is None or value == "":
            return
        self.found[name] = FieldValue(value, self._source, box, confidence or self._confidence)

    def put_written(self, name: str, written: str, box: Box | None = None) -> None:
        """Keep a value given as text: read as money, date or text by the field's name."""
        value: str | int | date | None
        if name in MONEY_FIELDS:
            value = fen_of(written)
        elif name == "issued_on":
            value = date_of(written)
        else:
            value = written
        self.put(name, value, box)
