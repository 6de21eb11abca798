"""Measures the reading of invoices: how exact, how sure, how fast, how much memory.

    python tests/benchmarks/reading.py DIR [--engine paddle|rapid|fast|all]

DIR holds `truth.jsonl`: one JSON object a line with `file` and the true fields (`type`, `code`, `number`, `date`,
`buyer_name`, `buyer_tax_id`, `seller_name`, `seller_tax_id`, `amount`, `tax`, `total` in yuan, `items`). Every file
is read as the product reads it, documents in confined processes, pictures by each engine asked for, after one file to
warm up. Peak memory of an engine is that of its process after its last page. The last line is one JSON
object with the summary; the exit status is 0 unless DIR has no truths.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import resource
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil

from zhangfang_capture_ocr.picture_files import bitmap_of, read_bitmap
from zhangfang_capture_ocr.proofs import is_sure, prove
from zhangfang_capture_ocr.reading import Reading, Refused, read, read_confined
from zhangfang_capture_ocr.reading.confined import shared_reader
from zhangfang_capture_ocr.recognising import ENGINES
from zhangfang_capture_ocr.recognising.process import shared_recogniser

FIELDS = (
    "type",
    "code",
    "number",
    "date",
    "buyer_name",
    "buyer_tax_id",
    "seller_name",
    "seller_tax_id",
    "amount",
    "tax",
    "total",
    "items",
)


@dataclass(slots=True)
class Tally:
    """Counts over all files, and per suffix."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    sure: int = 0
    sure_and_wrong: int = 0
    sums_wrong_and_sure: int = 0
    sure_files: Counter[str] = field(default_factory=Counter)
    engine_megabytes: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """Of the files that were read: a refusal at first sight would flatter the median."""
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def yuan(fen: int | None) -> str:
    """Fen as the truth writes them."""
    return "" if fen is None else f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def found_in(reading: Reading) -> dict[str, Any]:
    """A reading in the words of the truth."""
    return {
        "type": reading.kind.printed_title,
        "code": reading.code or "",
        "number": reading.number or "",
        "date": reading.issued_on.isoformat() if reading.issued_on else "",
        "buyer_name": reading.buyer_name or "",
        "buyer_tax_id": reading.buyer_tax_id or "",
        "seller_name": reading.seller_name or "",
        "seller_tax_id": reading.seller_tax_id or "",
        "amount": yuan(reading.amount),
        "tax": yuan(reading.tax),
        "total": yuan(reading.total),
        "items": [line.name for line in reading.lines],
    }


PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
SUMS = frozenset({"amount", "tax", "total"})


def is_picture(truth: dict[str, Any]) -> bool:
    """Whether the file of a truth is a picture, by its name."""
    return Path(truth["file"]).suffix.lower() in PICTURES


async def read_whole(data: bytes, name: str, engine: str) -> Reading:
    """As the product reads it: pictures by an engine, everything else in a confined process."""
    bitmap = bitmap_of(data)
    return await read_confined(data, name) if bitmap is None else await asyncio.to_thread(read_bitmap, bitmap, engine)


async def measure(folder: Path, truths: list[dict[str, Any]], engine: str) -> Tally:
    """Read every file once and compare."""
    tally = Tally()
    first = next((truth for truth in truths if is_picture(truth)), None)
    if first is not None:
        await read_whole((folder / first["file"]).read_bytes(), first["file"], engine)
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    shared_reader().warm()
    for truth in truths:
        path = folder / truth["file"]
        kind = path.suffix.lower().lstrip(".")
        tally.files[kind] += 1
        asked = [name for name in FIELDS if name in truth]
        tally.asked.update(asked)
        data = path.read_bytes()
        start = time.perf_counter()
        try:
            reading = await read_whole(data, path.name, engine)
        except Refused as refused:
            tally.refused[refused.code] += 1
            tally.wrong[truth["file"]].append(refused.code)
            continue
        tally.seconds.append(time.perf_counter() - start)
        found = found_in(reading)
        wrong = [name for name in asked if found[name] != truth[name]]
        tally.right.update(set(asked) - set(wrong))
        tally.wrong[truth["file"]].extend(wrong)
        tally.exact[kind] += not wrong
        sure = is_sure(reading, prove(reading, today=today, client=None))
        tally.sure += sure
        tally.sure_and_wrong += sure and bool(wrong)
        tally.sums_wrong_and_sure += sure and not SUMS.isdisjoint(wrong)
        if sure:
            tally.sure_files[kind] += 1
    if first is not None:
        pid = shared_recogniser().pid
        tally.engine_megabytes = round(psutil.Process(pid).memory_info().rss / 2**20, 1) if pid is not None else 0.0
    return tally


def peak_megabytes(folder: Path, truths: list[dict[str, Any]]) -> float:
    """Peak memory of one process that reads every file, as a reading process would at most need."""
    for truth in truths:
        try:
            read(folder / truth["file"], truth["file"])
        except Refused:
            continue
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(f"{text}\n")


def report(folder: Path, truths: list[dict[str, Any]], engine: str) -> dict[str, Any]:
    """Measure one group of files, say what is wrong, and give its summary."""
    tally = asyncio.run(measure(folder, truths, engine))
    for name in FIELDS:
        if tally.asked[name]:
            say(f"{name:14} {tally.right[name]:5d} of {tally.asked[name]:5d} exact")
    for kind, count in sorted(tally.files.items()):
        say(f".{kind:13} {tally.exact[kind]:5d} of {count:5d} files wholly exact, {tally.sure_files[kind]:5d} sure")
    for name, wrong in tally.wrong.items():
        if wrong:
            say(f"  {name}: {', '.join(wrong)}")
    ordered = sorted(tally.seconds)
    return {
        "engine": engine,
        "files": len(truths),
        "files_read": len(ordered),
        "exact_files": sum(tally.exact.values()),
        "fields_right": sum(tally.right.values()),
        "fields_asked": sum(tally.asked.values()),
        "sure_share": round(tally.sure / len(truths), 4),
        "sure_share_of_read": round(tally.sure / len(ordered), 4) if ordered else None,
        "sure_and_wrong": tally.sure_and_wrong,
        "sums_wrong_and_sure": tally.sums_wrong_and_sure,
        "refused": dict(tally.refused),
        "seconds_median": round(statistics.median(ordered), 4) if ordered else None,
        "seconds_p95": round(ordered[math.ceil(0.95 * len(ordered)) - 1], 4) if ordered else None,
        "engine_megabytes": tally.engine_megabytes,
    }


def main(folder: Path, engines: list[str]) -> int:
    """Measure and report."""
    listed = folder / "truth.jsonl"
    rows = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    truths = [json.loads(row) for row in rows if row.strip()]
    truths = [truth for truth in truths if (folder / truth["file"]).is_file()]
    if not truths:
        say(f"no truths in {listed}")
        return 1
    documents = [truth for truth in truths if not is_picture(truth)]
    pictures = [truth for truth in truths if is_picture(truth)]
    summary: dict[str, Any] = {}
    if documents:
        say("documents")
        summary["documents"] = report(folder, documents, "paddle")
        summary["documents"]["peak_megabytes"] = round(peak_megabytes(folder, documents), 1)
    for engine in engines if pictures else ():
        say(f"pictures by {engine}")
        summary[engine] = report(folder, pictures, engine)
    say(json.dumps(summary, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="reading.py")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=[*ENGINES, "all"], default="paddle")
    chosen = parser.parse_args()
    sys.exit(main(chosen.folder, list(ENGINES) if chosen.engine == "all" else [chosen.engine]))
