"""Measures the reading of invoices: how exact, how sure, how fast, how much memory.

    python tests/benchmarks/reading.py DIR [--engine paddle|rapid|fast|all]

DIR holds `truth.jsonl`: one JSON object a line with `file` and its invoices. Three forms are read: `invoices` as a list of
objects with the true fields (`type`: the printed title or the usual name, `code`, `number`, `date`, `buyer_name`, `buyer_tax_id`,
`seller_name`, `seller_tax_id`, `amount`, `tax`, `total` in yuan, `items`: names, or objects with `name`, `model`, `unit`,
`quantity`, `price`, `amount`, `rate`, `tax`, of which what is not printed is left out); those fields in the line itself, with
a `second` invoice in an object of that name; and `inv`, a list of objects with some of them. Every file is read as the
product reads it, documents in confined processes, pictures by each engine asked for, after one file to warm up; a file that breaks
the reading is counted and told, and the rest is measured. Of each field asked for it tells right, wrong (something else was read) and
missing; of each file whether the right number of invoices came of it, and if not whether a person would look: a file with
too few or too many, none of them doubtful, is `miscounted_and_sure`. Names and items of pictures are compared without spaces and
widths of brackets, which no print shows for certain. Peak memory of an engine is that of its process
after its last page. The last line is one JSON object; the exit status is 0 unless DIR has no truths.
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
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil

from zhangfang_capture_ocr.assembling import assembled
from zhangfang_capture_ocr.doubts import doubts_about
from zhangfang_capture_ocr.proofs import is_sure, prove
from zhangfang_capture_ocr.reading import FileReading, InvoiceKind, InvoiceLine, Reading, Refused, read, read_confined
from zhangfang_capture_ocr.reading.confined import decode_confined, shared_reader
from zhangfang_capture_ocr.reading.titles import plain
from zhangfang_capture_ocr.recognising import ENGINES, USUAL, recognise
from zhangfang_capture_ocr.recognising.process import shared_recogniser
from zhangfang_capture_ocr.seen_pages import SeenPage, seen_page

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
    "models",
    "units",
    "quantities",
    "prices",
    "amounts",
    "rates",
    "taxes",
)
LINE_FIELDS = dict(zip(("name", "model", "unit", "quantity", "price", "amount", "rate", "tax"), FIELDS[-8:], strict=True))
"""A column of the lines, by its name in an object of `items`."""
USUAL_NAMES = {
    "航空行程单": InvoiceKind.AIR,
    "通行费发票": InvoiceKind.TOLL,
    "卷式发票": InvoiceKind.ROLL,
    "客运发票": InvoiceKind.COACH,
    "POS签购单": InvoiceKind.POS,
    **{kind.value: kind for kind in InvoiceKind},
}
SUMS = frozenset({"amount", "tax", "total"})
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic"})


@dataclass(slots=True)
class Tally:
    """Counts over all files, and per suffix."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    files: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    sure: Counter[str] = field(default_factory=Counter)
    invoices: int = 0
    sure_invoices: int = 0
    sure_and_wrong: int = 0
    sums_wrong_and_sure: int = 0
    counted_right: int = 0
    miscounted_and_sure: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """Of the files that were read: a refusal at first sight would flatter the median."""
    processor: list[float] = field(default_factory=list)
    """Of the same files, the processor time of this process and the recogniser: what a busy machine does not stretch."""
    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def invoices_of(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """The invoices that a line of the truth names, in any of its forms."""
    if isinstance(truth.get("invoices"), list):
        return list(truth["invoices"])
    if "inv" in truth:
        return list(truth["inv"])
    first = {name: truth[name] for name in FIELDS if name in truth}
    return [first, *([truth["second"]] if "second" in truth else [])]


def asked_of(invoice: dict[str, Any]) -> dict[str, Any]:
    """The true fields of an invoice under the names by which they are counted: lines that are objects by their columns."""
    asked = dict(invoice)
    kind = USUAL_NAMES.get(invoice.get("type", ""))
    if kind is not None:
        asked["type"] = kind.printed_title
    lines = invoice.get("items", [])
    if lines and isinstance(lines[0], dict):
        asked |= {column: [line.get(name, "") for line in lines] for name, column in LINE_FIELDS.items()}
    return asked


def columns_of(lines: tuple[InvoiceLine, ...]) -> dict[str, Any]:
    """The lines of a reading by their columns, in the words of the truth."""
    return {
        "items": [line.name for line in lines],
        "models": [line.specification for line in lines],
        "units": [line.unit for line in lines],
        "quantities": [exact(line.quantity) for line in lines],
        "prices": [exact(line.unit_price) for line in lines],
        "amounts": [yuan(line.amount) for line in lines],
        "rates": [line.rate for line in lines],
        "taxes": [yuan(line.tax) for line in lines],
    }


def exact(number: Decimal | None) -> str:
    """A number without the noughts that end it."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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
        **columns_of(reading.lines),
    }


async def read_whole(data: bytes, name: str, engine: str) -> FileReading:
    """As the product reads it: whatever is a picture by an engine, everything else in a confined process."""
    whole = await read_confined(data, name)
    seen: dict[int, SeenPage | None] = {}
    for page in (each.page for each in whole.unseen):
        decoded = await decode_confined(data, page)
        seen[page] = None
        if decoded is not None:
            recognised = await recognise(decoded.bitmap, engine=engine, doubts=doubts_about(decoded.bitmap))
            seen[page] = seen_page(decoded.bitmap, recognised.boxes, decoded.codes)
    return assembled(whole, seen)


async def measure(folder: Path, truths: list[dict[str, Any]], engine: str) -> Tally:
    """Read every file once and compare."""
    tally = Tally()
    first = next((truth for truth in truths if is_picture(truth)), None)
    if first is not None:
        await read_whole((folder / first["file"]).read_bytes(), first["file"], engine)
    shared_reader().warm()
    for truth in truths:
        path = folder / truth["file"]
        tally.files[suffix(truth)] += 1
        data = path.read_bytes()
        start, spent = time.perf_counter(), processor_seconds()
        readings: list[Reading] = []
        try:
            whole = await read_whole(data, path.name, engine)
            readings = [each.reading for each in whole.found]
            tally.seconds.append(time.perf_counter() - start)
            tally.processor.append(processor_seconds() - spent)
            left = [each.code for each in whole.left]
        except Refused as refused:
            tally.refused[refused.code] += 1
            left = [refused.code]
        except (OSError, TimeoutError, ValueError) as error:
            tally.broken[type(error).__name__] += 1
            left = [type(error).__name__]
        compare(tally, truth, readings, left)
    return tally


def compare(tally: Tally, truth: dict[str, Any], readings: list[Reading], left: list[str]) -> None:
    """Count one file: each true invoice against the reading with its number, else against one that no other has."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    kind, asked = suffix(truth), invoices_of(truth)
    sure = {id(reading): is_sure(reading, prove(reading, today=today, client=None)) for reading in readings}
    numbers = {invoice["number"] for invoice in asked if invoice.get("number")}
    free = [reading for reading in readings if reading.number not in numbers]
    exact = True
    for invoice in asked:
        own = next((each for each in readings if each.number and each.number == invoice.get("number")), None)
        if own is None and free:
            own = free.pop(0)
        off = set(_count(tally, asked_of(invoice), None if own is None else found_in(own), is_picture(truth)))
        exact = exact and not off
        tally.told[truth["file"]].extend(sorted(off))
        tally.invoices += 1
        if own is not None and sure[id(own)]:
            tally.sure_invoices += 1
            tally.told[truth["file"]].extend(["WRONG AND SURE"] if off else [])
            tally.sure_and_wrong += bool(off)
            tally.sums_wrong_and_sure += not SUMS.isdisjoint(off)
    counted = len(readings) == truth.get("expect", len(asked))
    tally.counted_right += counted
    if not counted:
        tally.told[truth["file"]].append(f"{len(readings)} invoices of {len(asked)}")
        tally.miscounted_and_sure += not left and all(sure.values())
    tally.told[truth["file"]].extend(left)
    tally.exact[kind] += exact and counted
    tally.sure[kind] += bool(readings) and not left and all(sure.values())


def told(value: Any, loosely: bool) -> Any:
    """A value for comparing."""
    if not loosely:
        return value
    return [told(each, True) for each in value] if isinstance(value, list) else plain(value)


def _count(tally: Tally, asked: dict[str, Any], found: dict[str, Any] | None, loosely: bool) -> list[str]:
    off = []
    for name in (name for name in FIELDS if name in asked):
        value = found[name] if found is not None else ""
        if told(value, loosely) == told(asked[name], loosely):
            outcome = "right"
        else:
            outcome = "wrong" if value and found is not None else "missing"
            off.append(name)
        getattr(tally, outcome)[name] += 1
        tally.kinds[str(asked.get("type", ""))][outcome] += 1
    return off


def suffix(truth: dict[str, Any]) -> str:
    """The ending of a truth's file."""
    return Path(truth["file"]).suffix.lower().lstrip(".")


def is_picture(truth: dict[str, Any]) -> bool:
    """Whether the file of a truth is a picture, by its name."""
    return Path(truth["file"]).suffix.lower() in PICTURES


def in_this_process(folder: Path, truths: list[dict[str, Any]]) -> dict[str, float]:
    """Peak memory of one process that reads every file, as a reading process would at most need, and the processor time of each."""
    spent = []
    for truth in truths:
        start = time.process_time()
        try:
            read(folder / truth["file"], truth["file"])
        except Refused:
            continue
        spent.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"peak_megabytes": round(peak, 1), **spread("cpu_seconds", spent)}


def spread(name: str, figures: list[float]) -> dict[str, float]:
    """Median and 95th percentile; nothing of nothing."""
    ordered = sorted(figures)
    if not ordered:
        return {}
    last = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return {f"{name}_median": round(statistics.median(ordered), 4), f"{name}_p95": round(last, 4)}


def processor_seconds() -> float:
    """Processor time so far of this process and of the recognising one."""
    pid = shared_recogniser().pid
    times = psutil.Process(pid).cpu_times() if pid is not None else None
    return time.process_time() + (times.user + times.system if times is not None else 0.0)


def engine_megabytes() -> float:
    """Memory of the recognising process, 0 where none runs."""
    pid = shared_recogniser().pid
    return round(psutil.Process(pid).memory_info().rss / 2**20, 1) if pid is not None else 0.0


def say(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(f"{text}\n")


def report(folder: Path, truths: list[dict[str, Any]], engine: str) -> dict[str, Any]:
    """Measure one group of files, say what is wrong, and give its summary."""
    tally = asyncio.run(measure(folder, truths, engine))
    for name in FIELDS:
        asked = tally.right[name] + tally.wrong[name] + tally.missing[name]
        if asked:
            say(f"{name:14} {tally.right[name]:5d} of {asked:5d} right, {tally.wrong[name]:4d} wrong, "
                f"{tally.missing[name]:4d} missing")  # fmt: skip
    for kind, counts in sorted(tally.kinds.items()):
        say(f"{kind:14} {counts['right']:5d} right, {counts['wrong']:4d} wrong, {counts['missing']:4d} missing")
    for kind, count in sorted(tally.files.items()):
        say(f".{kind:13} {tally.exact[kind]:5d} of {count:5d} files wholly exact, {tally.sure[kind]:5d} sure")
    for name, told in tally.told.items():
        if told:
            say(f"  {name}: {', '.join(told)}")
    return {
        "engine": engine,
        "files": len(truths),
        "files_read": len(tally.seconds),
        "exact_files": sum(tally.exact.values()),
        "invoices": tally.invoices,
        "counted_right": tally.counted_right,
        "miscounted_and_sure": tally.miscounted_and_sure,
        "fields_right": sum(tally.right.values()),
        "fields_wrong": sum(tally.wrong.values()),
        "fields_missing": sum(tally.missing.values()),
        "sure_share": round(tally.sure_invoices / tally.invoices, 4) if tally.invoices else None,
        "sure_and_wrong": tally.sure_and_wrong,
        "sums_wrong_and_sure": tally.sums_wrong_and_sure,
        "refused": dict(tally.refused),
        "broken": dict(tally.broken),
        **spread("seconds", tally.seconds),
        **spread("cpu_seconds", tally.processor),
        "engine_megabytes": engine_megabytes(),
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
        summary["documents"] = report(folder, documents, engines[0])
        summary["documents"] |= in_this_process(folder, documents)
    for engine in engines if pictures else ():
        say(f"pictures by {engine}")
        summary[engine] = report(folder, pictures, engine)
    say(json.dumps(summary, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="reading.py")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=[*ENGINES, "all"], default=USUAL)
    chosen = parser.parse_args()
    sys.exit(main(chosen.folder, list(ENGINES) if chosen.engine == "all" else [chosen.engine]))
