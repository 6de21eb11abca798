"""A return's lines as the bytes that are confirmed, and back. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from zhangfang_sdk.tax_figures import FigureLine, ReturnFigures, Step


@dataclass(frozen=True, slots=True)
class KeptLines:
    """``doubts`` and ``paths`` as in ``ReturnFigures``."""

    lines: tuple[FigureLine, ...]
    doubts: tuple[str, ...]
    paths: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A line whose amount by the books of today is another than in the return; None where one of them lacks the line."""

    name: str
    filed: int | None
    books: int | None


def packed(figures: ReturnFigures) -> str:
    """The same figures always give the same text."""
    content = {
        "tax": figures.tax.value,
        "first": figures.first.key,
        "last": figures.last.key,
        "rules_of": figures.rules_of,
        "lines": [[x.name, x.amount, [[s.title, s.amount, s.source, s.path] for s in x.derivation]] for x in figures.lines],
        "doubts": list(figures.doubts),
        "paths": dict(figures.paths),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> KeptLines:
    if not text:
        return KeptLines((), ())
    raw = json.loads(text)
    lines = (FigureLine(name, amount, tuple(Step(*step) for step in steps)) for name, amount, steps in raw["lines"])
    return KeptLines(tuple(lines), tuple(raw["doubts"]), raw.get("paths", {}))


def numbers(text: str) -> list[tuple[str, int, list[int]]]:
    """Name, amount and addends of each line: two returns that differ only in words or in where they lead have the same."""
    return [(line.name, line.amount, [step.amount for step in line.derivation]) for line in unpacked(text).lines]


def digest(text: str) -> str:
    """SHA-256 in hex of the text's UTF-8 bytes, as ``sha256sum`` says it of the kept bytes; "" of nothing."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def differences(kept: str, now: ReturnFigures) -> list[Difference]:
    before = {line.name: line.amount for line in unpacked(kept).lines}
    after = {line.name: line.amount for line in now.lines}
    names = dict.fromkeys((*before, *after))
    return [Difference(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)]
