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


GUESSED = 800
"""Confidence, per mille, of print that is known by its shape and place only."""
PRINTED = 980
"""Confidence, per mille, of print beside its label."""
_SEEN = {PRINTED: 900, GUESSED: 700}
"""The same for text recognised on a picture: for the eye, never for a proof."""


class Fields:
    """Collects values of one source."""

    def __init__(self, source: Source, confidence: int = CERTAIN) -> None:
        self._source = source
        self._confidence = confidence
        self.found: dict[str, FieldValue[Value]] = {}

    def put(
        self,
        name: str,
        value: Value | None,
        box: Box | None = None,
        *,
        guessed: bool = False,
        witnesses: tuple[str, ...] = (),
    ) -> None:
        """Keep `value` under `name` unless it is None or empty text; `guessed` where no label stood beside it."""
        if value is None or value == "":
            return
        confidence = GUESSED if guessed else self._confidence
        if self._source is Source.OCR:
            confidence = _SEEN[confidence]
        self.found[name] = FieldValue(value, self._source, box, confidence, witnesses)

    def is_labelled(self, name: str) -> bool:
        """Whether a value stood beside its label."""
        found = self.found.get(name)
        return found is not None and found.confidence not in (GUESSED, _SEEN[GUESSED])

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
