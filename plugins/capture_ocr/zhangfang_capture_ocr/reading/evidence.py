"""Counts what an invoice has once, so that nothing is sure where something stands twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from zhangfang_capture_ocr.reading.qr import invoices_in
from zhangfang_capture_ocr.reading.titles import near, plain, title_count

_NUMBER: Final = re.compile(r"(蓝字[^\d]{0,8})?发票号码[:.]?(\d{20}|\d{8})(?!\d)")
"""A number behind its label; one that a red-letter invoice says it reverses is none of its own."""


def counted(rows: Sequence[str], words: Iterable[str], codes: Iterable[str]) -> dict[str, int]:
    """Titles, different numbers, labelled totals and invoices named by QR codes, in the rows and words of one part of a page."""
    lines = [plain(row) for row in rows]
    return {
        "titles": title_count(words),
        "numbers": len({number for line in lines for reversed_, number in _NUMBER.findall(line) if not reversed_}),
        "totals": sum(1 for line in lines if near(line, "价税合计")),
        "codes": len(invoices_in(codes)),
    }


def together(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts of the pages of one invoice, each of which may repeat its head."""
    most: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            most[name] = max(most.get(name, 0), count)
    return most
