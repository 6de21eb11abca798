"""A reading as JSON and back: what the child process says and what services may store."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Final

from zhangfang_capture_ocr.reading.parts import FileReading, Found, LeftOver, Place, Unseen
from zhangfang_capture_ocr.reading.values import (
    Box,
    FieldValue,
    InvoiceKind,
    InvoiceLine,
    Reading,
    Seal,
    Source,
    Value,
)
from zhangfang_sdk.texts import seen

FORMAT: Final = 1
"""Version of this JSON; raised when its shape changes."""
REQUEST: Final = struct.Struct(">BHIQ")
"""How a request to the reading process begins: the task, its argument, length of the name, then of the file, both in bytes."""
READ, DECODE, DRAW, UNPACK = 1, 2, 3, 4
"""Tasks: a file's reading; a page as a bitmap with its QR codes (argument: the page); a JPEG for a screen (four times
the page, and quarter turns clockwise); the next members of an archive (the first one). The last three answer a line of JSON and then the bytes."""
READY: Final = b"R"
WALLED: Final = b"W"
"""As READY, and the reading processes have no network."""


def dump(reading: Reading) -> str:
    """One line of JSON: money as integer fen, dates as ISO, quantities as decimal text."""
    return json.dumps(_reading(reading), ensure_ascii=False)


def dump_file(whole: FileReading) -> str:
    """A whole file's reading as one line of JSON."""
    return json.dumps(
        {
            "pages": whole.pages,
            "is_archive": whole.is_archive,
            "found": [
                {
                    "place": _place(each.place),
                    "reading": _reading(each.reading),
                    "copies": [_place(copy) for copy in each.copies],
                }
                for each in whole.found
            ],
            "left": [{"place": _place(each.place), "code": each.code, "text": each.text} for each in whole.left],
            "unseen": [
                {"page": each.page, "printed": None if each.printed is None else _reading(each.printed)}
                for each in whole.unseen
            ],
        },
        ensure_ascii=False,
    )


def load_file(data: Mapping[str, Any]) -> FileReading:
    """What `dump_file` wrote, parsed. Raises ValueError, KeyError, TypeError or ArithmeticError for anything else."""
    return FileReading(
        int(data["pages"]),
        tuple(
            Found(_load_place(each["place"]), load_parsed(each["reading"]), tuple(map(_load_place, each["copies"])))
            for each in data["found"]
        ),
        tuple(LeftOver(_load_place(each["place"]), str(each["code"]), str(each["text"])) for each in data["left"]),
        tuple(
            Unseen(int(each["page"]), None if each["printed"] is None else load_parsed(each["printed"]))
            for each in data["unseen"]
        ),
        bool(data["is_archive"]),
    )


def visible(said: Any) -> Any:
    """Parsed JSON with `seen` texts, however deep: what a file holds is cleaned here, whichever reader found it."""
    if isinstance(said, str):
        return seen(said)
    if isinstance(said, list):
        return [visible(each) for each in said]
    return {seen(name): visible(each) for name, each in said.items()} if isinstance(said, dict) else said


def _place(place: Place) -> dict[str, Any]:
    return {"pages": list(place.pages), "region": None if place.region is None else asdict(place.region)}


def _load_place(data: Mapping[str, Any]) -> Place:
    return Place(tuple(int(page) for page in data["pages"]), _load_box(data["region"]))


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": reading.kind.value,
        "fields": {name: _field(found) for name, found in reading.fields.items()},
        "lines": [_line(line) for line in reading.lines],
        "text": reading.text,
        "pages": reading.pages,
        "page_shape": reading.page_shape,
        "disagreements": {name: list(pair) for name, pair in reading.disagreements.items()},
        "counts": dict(reading.counts),
        "seal": reading.seal.value,
        "signer": reading.signer,
    }


def load(text: str) -> Reading:
    """The reading that `dump` wrote. Raises ValueError, KeyError, TypeError or ArithmeticError for anything else."""
    return load_parsed(json.loads(text))


def load_parsed(data: Mapping[str, Any]) -> Reading:
    """As `load`, from parsed JSON."""
    if data["format"] != FORMAT:
        raise ValueError(f"unknown format {data['format']}")
    return Reading(
        kind=InvoiceKind(data["kind"]),
        fields={name: _load_field(found) for name, found in data["fields"].items()},
        lines=tuple(_load_line(line) for line in data["lines"]),
        text=str(data["text"]),
        pages=int(data["pages"]),
        page_shape=int(data["page_shape"]),
        disagreements={name: (str(a), str(b)) for name, (a, b) in data["disagreements"].items()},
        seal=Seal(data["seal"]),
        signer=str(data.get("signer", "")),
        counts={str(name): int(count) for name, count in data["counts"].items()},
    )


def _field(found: FieldValue[Value]) -> dict[str, Any]:
    value = {"date": found.value.isoformat()} if isinstance(found.value, date) else found.value
    box = asdict(found.box) if found.box is not None else None
    data: dict[str, Any] = {"value": value, "source": found.source.value, "box": box, "confidence": found.confidence}
    return data | {"witnesses": list(found.witnesses)} if found.witnesses else data


def _load_field(data: Mapping[str, Any]) -> FieldValue[Value]:
    written = data["value"]
    value: Value
    if isinstance(written, dict):
        value = date.fromisoformat(written["date"])
    elif isinstance(written, str) or (isinstance(written, int) and not isinstance(written, bool)):
        value = written
    else:
        raise TypeError("a field holds text, fen or a date")
    witnesses = tuple(str(witness) for witness in data.get("witnesses", ()))
    return FieldValue(value, Source(data["source"]), _load_box(data["box"]), int(data["confidence"]), witnesses)


def _load_box(data: Mapping[str, Any] | None) -> Box | None:
    return None if data is None else Box(**data)


def _line(line: InvoiceLine) -> dict[str, Any]:
    data = asdict(line)
    for name in ("quantity", "unit_price"):
        data[name] = None if data[name] is None else str(data[name])
    return data


def _load_line(data: Mapping[str, Any]) -> InvoiceLine:
    values = dict(data)
    for name in ("quantity", "unit_price"):
        values[name] = None if values[name] is None else Decimal(values[name])
    values["box"] = _load_box(values["box"])
    values["witnesses"] = tuple(str(witness) for witness in values.get("witnesses", ()))
    return InvoiceLine(**values)
