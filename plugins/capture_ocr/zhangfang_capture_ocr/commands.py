"""``zhangfang read FILE…``: fields of invoices as JSON, one line a file."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zhangfang_capture_ocr.picture_files import bitmap_of, read_bitmap
from zhangfang_capture_ocr.proofs import is_sure, prove
from zhangfang_capture_ocr.reading import Refused, read
from zhangfang_capture_ocr.reading.wire import dump
from zhangfang_capture_ocr.recognising import ENGINES
from zhangfang_sdk.commands import Command

SURE, DOUBTFUL, UNREADABLE = 0, 1, 2
"""Exit statuses; of several files the worst counts."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="发票文件: XML、OFD、PDF 或图片")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="paddle", help="识别图片的引擎")


def _run(chosen: Namespace) -> int:
    worst = SURE
    for path in chosen.files:
        status, said = read_one(path, chosen.engine)
        sys.stdout.write(json.dumps({"file": str(path), **said}, ensure_ascii=False) + "\n")
        worst = max(worst, status)
    return worst


def read_one(path: Path, engine: str) -> tuple[int, dict[str, Any]]:
    """Exit status and what is printed for one file: fields with their origin, and each proof's outcome."""
    try:
        data = path.read_bytes()
        bitmap = bitmap_of(data)
        reading = read(data, path.name) if bitmap is None else read_bitmap(bitmap, engine)
    except Refused as refused:
        return UNREADABLE, {"verdict": "unreadable", "reason": refused.code}
    except OSError as error:
        return UNREADABLE, {"verdict": "unreadable", "reason": error.strerror or str(error)}
    if not reading.fields:
        return UNREADABLE, {"verdict": "unreadable", "reason": "picture.no_fields"}
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
