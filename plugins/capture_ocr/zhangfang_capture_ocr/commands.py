"""``zhangfang read FILE…``: fields of invoices as JSON, one line an invoice."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zhangfang_capture_ocr.local_files import files_in, read_whole
from zhangfang_capture_ocr.proofs import is_sure, prove
from zhangfang_capture_ocr.reading import FileReading, Reading, Refused
from zhangfang_capture_ocr.reading.wire import dump
from zhangfang_capture_ocr.recognising import ENGINES, USUAL
from zhangfang_sdk.commands import Command

SURE, DOUBTFUL, UNREADABLE = 0, 1, 2
"""Exit statuses; of several files the worst counts."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="发票文件: XML、OFD、PDF 或图片")
    parser.add_argument("--engine", choices=sorted(ENGINES), default=USUAL, help="识别图片的引擎")


def _run(chosen: Namespace) -> int:
    worst = SURE
    for path in chosen.files:
        for status, said in read_one(path, chosen.engine):
            sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
            worst = max(worst, status)
    return worst


def read_one(path: Path, engine: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """For each invoice of a file, and for whatever else is in it, an exit status and what is printed."""
    try:
        for name, data, refused in files_in(path.read_bytes(), str(path)):
            if refused:
                raise Refused(refused)
            yield from _said(name, read_whole(data, path.name, engine))
    except Refused as refusal:
        yield UNREADABLE, _unreadable(str(path), refusal.code)
    except OSError as error:
        yield UNREADABLE, {"file": str(path), "verdict": "unreadable", "reason": error.strerror or str(error)}


def _said(name: str, whole: FileReading) -> Iterator[tuple[int, dict[str, Any]]]:
    for each in whole.found:
        status, said = _invoice(each.reading)
        yield status, {"file": name, "pages": [page + 1 for page in each.place.pages], **said}
    for left in whole.left:
        pages = [page + 1 for page in left.place.pages]
        yield UNREADABLE, {**_unreadable(name, left.code), "pages": pages, "text": left.text}


def _unreadable(name: str, code: str) -> dict[str, Any]:
    return {"file": name, "verdict": "unreadable", "reason": code, "sentence": Refused(code).sentence}


def _invoice(reading: Reading) -> tuple[int, dict[str, Any]]:
    """Fields with their origin, and each proof's outcome."""
    if not reading.fields:
        return UNREADABLE, _unreadable("", "page.nothing_read")
    proofs = prove(reading, today=datetime.now(ZoneInfo("Asia/Shanghai")).date(), client=None)
    sure = is_sure(reading, proofs)
    written = json.loads(dump(reading))
    for name, found in written["fields"].items():
        found["proofs"] = [proof.code for proof in proofs if proof.passed and proof.field == name]
    outcomes = {proof.code: proof.passed for proof in proofs}
    reasons = [proof.sentence for proof in proofs if proof.passed is False]
    verdict = "sure" if sure else "doubtful"
    return (SURE if sure else DOUBTFUL), {"verdict": verdict, "proofs": outcomes, "reasons": reasons, **written}


READ = Command("read", "读取发票文件, 输出各字段及其来源(JSON)", _configure, _run)
