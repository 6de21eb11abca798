"""CAP-2: real invoices beside the repository, where they are; every field that their truth names, exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zhangfang_capture_ocr.reading import read

SAMPLES = Path(__file__).resolve().parents[4].parent / "shared" / "samples" / "invoices"


def truths() -> list[dict[str, Any]]:
    listed = SAMPLES / "truth.jsonl"
    if not listed.is_file():
        return []
    rows = [json.loads(row) for row in listed.read_text(encoding="utf-8").splitlines() if row]
    return [row for row in rows if row["file"].startswith(("xml/", "pdf/", "ofd/"))]


def yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen // 100}.{fen % 100:02d}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """No samples, no tests: nothing is skipped where there is nothing."""
    rows = truths()
    metafunc.parametrize("truth", rows, ids=[row["file"] for row in rows])


if truths():

    def test_sample(truth: dict[str, Any]) -> None:
        """CAP-2: kind, code, number, date, parties, sums and items of a real invoice."""
        reading = read(SAMPLES / truth["file"], truth["file"]).only
        found = {
            "type": reading.kind.printed_title,
            "code": reading.code or "",
            "number": reading.number,
            "date": reading.issued_on.isoformat() if reading.issued_on else None,
            "buyer_name": reading.buyer_name,
            "buyer_tax_id": reading.buyer_tax_id or "",
            "seller_name": reading.seller_name,
            "seller_tax_id": reading.seller_tax_id,
            "amount": yuan(reading.amount),
            "tax": yuan(reading.tax),
            "total": yuan(reading.total),
            "items": [line.name for line in reading.lines],
        }
        assert {name: found[name] for name in truth if name in found} == {
            name: value for name, value in truth.items() if name in found
        }
