"""Lines of an invoice that a reviewer changes in place, adds, or takes out. Pure.

The form names them ``line_0_name``, ``line_0_rate``, ``line_0_amount``, ``line_0_tax``, counted from 0; a correction is kept under
``lines.0.name``. Rows after the last line are new ones when something stands in them; a line of which everything was wiped goes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from zhangfang_capture_ocr.reading import InvoiceLine, Source
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen

PARTS: Mapping[str, str] = {"name": "品名", "rate": "税率", "amount": "金额", "tax": "税额"}
RATES = ("13%", "9%", "6%", "5%", "3%", "1.5%", "1%", "0%", "免税", "不征税", "***")
"""As invoices print them; another per cent may be typed."""
SPARE = 3
"""Rows that the form offers after the last line."""
_BLANK: Mapping[str, str | None] = {"name": "", "rate": "", "amount": None, "tax": None}
_MONEY = frozenset({"amount", "tax"})
_STARRED = re.compile(r"^\*([^*]+)\*")
_RATE = re.compile(r"\d{1,2}(\.\d{1,2})?%|免税|不征税|\*{3}")
NAME_LENGTH = 300


def key_of(place: int, part: str) -> str:
    """What a correction of a line is kept under."""
    return f"lines.{place}.{part}"


def label_of(key: str) -> str | None:
    """ "第 1 行的税率" for "lines.0.rate"; None for what is no key of a line."""
    found = re.fullmatch(r"lines\.(\d+)\.([a-z]+)", key)
    return f"第 {int(found[1]) + 1} 行的{PARTS[found[2]]}" if found and found[2] in PARTS else None


def line_changes_in(form: Mapping[str, str], lines: Sequence[Mapping[str, Any]]) -> dict[str, str | int | None]:
    """Parts of lines in the form that differ from ``lines`` as stored, parts of new lines among them.

    Raises Refusal ``capture.field_unreadable`` naming the field.
    """
    changed: dict[str, str | int | None] = {}
    for place, line in enumerate((*lines, *[_BLANK] * SPARE)):
        for part in PARTS:
            name = f"line_{place}_{part}"
            if name in form:
                value = _value(place, part, form[name].replace("\x00", "").strip())
                if value != line[part]:
                    changed[key_of(place, part)] = value
        if place >= len(lines) and any(key_of(place, part) in changed for part in PARTS):
            _check_new(place, changed)
    return changed


def part_of(lines: Sequence[Mapping[str, Any]], key: str) -> str | int | None:
    """What stood under ``key`` before; nothing where the line is a new one."""
    _, place, part = key.split(".")
    line = lines[int(place)] if int(place) < len(lines) else _BLANK
    found: str | int | None = line[part]
    return found


def with_changes(lines: Sequence[Mapping[str, Any]], changed: Mapping[str, str | int | None]) -> list[dict[str, Any]]:
    """``lines`` as stored with the changes in them; what a person wrote has that person for its witness."""
    after = []
    for place, line in enumerate((*lines, *[_new_line()] * SPARE)):
        mine: dict[str, Any] = {part: changed[key_of(place, part)] for part in PARTS if key_of(place, part) in changed}
        wiped = all(not mine.get(part, line[part]) for part in PARTS)
        if (mine and wiped) or (not mine and place >= len(lines)):
            continue
        if "name" in mine:
            starred = _STARRED.match(str(mine["name"]))
            mine |= {"classification_short": starred[1] if starred else "", "classification_code": ""}
            mine |= {"witnesses": [Source.PERSON.value], "crossing": False}
        after.append({**line, **mine})
    return after


def _check_new(place: int, changed: Mapping[str, object]) -> None:
    """A line without a name or an amount could not be booked."""
    for part in ("name", "amount"):
        if changed.get(key_of(place, part)) in (None, ""):
            raise Refusal(
                "capture.field_unreadable", f"请写第 {place + 1} 行的{PARTS[part]}。", field=f"line_{place}_{part}"
            )


def _new_line() -> dict[str, Any]:
    blank = InvoiceLine("", "", "", "", "", quantity=None, unit_price=None, amount=None, rate="", tax=None)
    return {**asdict(blank), "witnesses": [Source.PERSON.value]}


def _value(place: int, part: str, text: str) -> str | int | None:
    field, label = f"line_{place}_{part}", f"第 {place + 1} 行的{PARTS[part]}"
    if part in _MONEY:
        try:
            return fen(text) if text else None
        except Refusal as refusal:
            raise Refusal("capture.field_unreadable", f"{label}:{refusal.sentence}", field=field) from refusal
    if part == "rate" and text and not _RATE.fullmatch(text):
        raise Refusal("capture.field_unreadable", f"{label}请写成 13%、免税 或 不征税 这样的形式。", field=field)
    if len(text) > NAME_LENGTH:
        raise Refusal("capture.field_unreadable", f"{label}太长了,最多 {NAME_LENGTH} 个字。", field=field)
    return text
