"""A risk list as people paste it: from a notice of the tax office, a table, a chat. Pure."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_sdk.errors import Refusal

MOST_LINES = 5000
LONGEST_NAME, LONGEST_REASON = 200, 120
_TAX_ID = re.compile(r"(?<![0-9A-Z])(?=(?:[A-Z]*[0-9]){6})[0-9A-Z]{15,20}(?![0-9A-Z])", re.IGNORECASE | re.ASCII)
_APART = re.compile(r"[,\t;|\uff0c\uff1b\uff5c]+")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_NUMBER = re.compile(r"\s*[0-9]{1,6}[.、)]?[\s,\uff0c]+")
"""A running number before the name."""
_HEADING = re.compile(r"序号|名称|税号|识别号|信用代码|原因")


@dataclass(frozen=True, slots=True)
class Line:
    """``tax_id`` "" where none is told."""

    name: str
    tax_id: str
    reason: str
    listed_on: dt.date | None = None


def read_lines(text: str) -> Sequence[Line]:
    """One seller a line: name, tax id, reason and day in any order, apart by commas, tabs or spaces. Running numbers and a heading are passed over.

    Raises Refusal ``risk_rules.list_line`` for a line without a name or with too long words, ``risk_rules.list_empty``, ``risk_rules.list_long``.
    """
    found: list[Line] = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or (not found and _is_heading(raw)):
            continue
        line = _read(raw)
        if line is None:
            raise Refusal("risk_rules.list_line", f"第 {number} 行看不懂,应为:名称,税号,原因。", field="lines")
        if len(line.name) > LONGEST_NAME or len(line.reason) > LONGEST_REASON:
            sentence = f"第 {number} 行太长,名称最多 {LONGEST_NAME} 个字,原因最多 {LONGEST_REASON} 个字。"
            raise Refusal("risk_rules.list_line", sentence, field="lines")
        found.append(line)
    if not found:
        raise Refusal("risk_rules.list_empty", "请至少填写一行。", field="lines")
    if len(found) > MOST_LINES:
        raise Refusal("risk_rules.list_long", f"一次最多 {MOST_LINES} 行,请分几次加入。", field="lines")
    return found


def _is_heading(raw: str) -> bool:
    return _TAX_ID.search(raw) is None and len(set(_HEADING.findall(raw))) > 1


def _read(raw: str) -> Line | None:
    told = _TAX_ID.search(raw)
    rest = raw if told is None else f"{raw[: told.start()]}\t{raw[told.end() :]}"
    numbered = _NUMBER.match(rest)
    rest = rest[numbered.end() :] if numbered else rest
    cells = [cell.strip() for cell in _APART.split(rest)]
    if told is None and sum(bool(cell) for cell in cells) == 1:
        cells = rest.split()
    days = [day for cell in cells if (day := _day(cell)) is not None]
    words = [cell for cell in cells if cell and _day(cell) is None]
    if not words or len(words[0]) < (2 if told else 4):
        return None
    reason = words[1] if len(words) > 1 else "列入风险名单"
    return Line(words[0], told[0].upper() if told else "", reason, days[0] if days else None)


def _day(cell: str) -> dt.date | None:
    said = _DAY.fullmatch(cell)
    try:
        return None if said is None else dt.date(int(said[1]), int(said[2]), int(said[3]))
    except ValueError:
        return None
