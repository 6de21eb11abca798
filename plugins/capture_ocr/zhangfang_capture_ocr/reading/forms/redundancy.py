"""Puts misread sums right where the other figures of the same picture leave exactly one value."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from zhangfang_capture_ocr.reading.capitals import fen_of_capitals
from zhangfang_capture_ocr.reading.values import FieldValue, Reading, Source, Value

ARITHMETIC: Final = "arithmetic"
"""Witness of a value that was put right."""


def put_right(reading: Reading) -> Reading:
    """The reading with at most one recognised sum replaced.

    The total follows from the capitals when amount and tax make them; amount or tax follow from the sum of the lines
    when only that value makes a total which the capitals confirm. Everything else stays as it was read.
    """
    words = fen_of_capitals(reading.total_in_words or "")
    amount, tax, total = reading.amount, reading.tax, reading.total
    if words is None or amount is None or amount + (tax or 0) == total:
        return reading
    if amount + (tax or 0) == words:
        return _with(reading, "total", words)
    if total != words or tax is None:
        return reading
    amounts = [line.amount for line in reading.lines]
    taxes = [line.tax for line in reading.lines]
    ways = []
    if amounts and None not in amounts and sum(each or 0 for each in amounts) + tax == total:
        ways.append(("amount", total - tax))
    if taxes and None not in taxes and amount + sum(each or 0 for each in taxes) == total:
        ways.append(("tax", total - amount))
    return _with(reading, *ways[0]) if len(ways) == 1 else reading


def _with(reading: Reading, name: str, fen: int) -> Reading:
    old = reading.fields.get(name)
    if old is not None and old.source is not Source.OCR:
        return reading
    box = old.box if old is not None else None
    found: FieldValue[Value] = FieldValue(fen, Source.OCR, box, old.confidence if old else 0, (ARITHMETIC,))
    return replace(reading, fields={**reading.fields, name: found})
