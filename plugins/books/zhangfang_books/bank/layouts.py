"""Which column of a bank's statement means what: the known headings, and those that a firm named itself. Pure."""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from zhangfang_books.importing.profiles import Places, plain, standing_at
from zhangfang_books.importing.recognising import SheetHead, candidates

FIELDS: Mapping[str, str] = {
    "date": "日期",
    "time": "时间",
    "in": "收入金额",
    "out": "支出金额",
    "amount": "金额(支出为负,或配收支方向)",
    "direction": "收支方向",
    "balance": "余额",
    "counterparty": "对方户名",
    "counterparty_number": "对方账号",
    "texts": "摘要、用途、附言",
    "serial": "流水号",
    "own_number": "本方账号",
    "currency": "币种",
}
"""What a person may call a column → its title."""

_FILE = Path(__file__).parent.parent / "data" / "bank_headings.toml"


@dataclass(frozen=True, slots=True)
class Words:
    """How cells of statements say things."""

    out: tuple[str, ...]
    coming: tuple[str, ...]
    neutral: tuple[str, ...]
    neutral_out: tuple[str, ...]
    neutral_in: tuple[str, ...]
    undone: tuple[str, ...]
    yuan: tuple[str, ...]
    preamble: Mapping[str, tuple[str, ...]]
    banks: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class StatementHead:
    """Where a sheet's headings stand; ``number`` 0 where none were found."""

    sheet: SheetHead
    number: int = 0
    headings: Sequence[str] = ()
    places: Places = field(default_factory=dict)


@cache
def known() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(headings) for name, headings in tomllib.loads(_FILE.read_text("utf-8"))["columns"].items()}


@cache
def words() -> Words:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    said = {name: tuple(texts) for name, texts in data["words"].items()}
    named = {group: {k: tuple(v) for k, v in data[group].items()} for group in ("preamble", "banks")}
    return Words(
        said["out"], said["in"], said["neutral"], said["neutral_out"], said["neutral_in"], said["undone"], said["yuan"], **named
    )


def enough(fields: Mapping[str, object]) -> bool:
    """Whether lines can be read from these fields."""
    return ("date" in fields or "time" in fields) and ({"in", "out"} <= fields.keys() or "amount" in fields)


def find_headings(sheets: Sequence[SheetHead], own: Mapping[str, Mapping[str, Sequence[str]]]) -> list[StatementHead]:
    """Of each sheet the row that holds most headings. ``own``: the firm's columns by the digest of a heading row."""
    found = []
    for sheet in sheets:
        head, most = StatementHead(sheet), 0
        for number, headings in candidates(sheet.first):
            columns = own.get(digest_of(headings))
            places = standing_at(columns or known(), headings)
            score = sum(map(len, places.values())) + (1000 if columns else 0)
            if enough(places) and score > most:
                most, head = score, StatementHead(sheet, number, headings, places)
        found.append(head)
    return found


def digest_of(headings: Sequence[str]) -> str:
    """The same for the same headings, however they are written."""
    return hashlib.sha256("|".join(plain(h) for h in headings).encode()).hexdigest()[:32]


def chosen(headings: Sequence[str], fields: Mapping[int, str]) -> dict[str, tuple[str, ...]]:
    """Columns as a person named them, by their place from 0."""
    columns: dict[str, tuple[str, ...]] = {}
    for place, heading in enumerate(headings):
        name = fields.get(place, "")
        if name in FIELDS and heading.strip():
            columns[name] = (*columns.get(name, ()), heading.strip())
    return columns


def kept(columns: str) -> dict[str, tuple[str, ...]]:
    """From a row of the firm's (JSON)."""
    return {name: tuple(headings) for name, headings in json.loads(columns).items()}


def bank_named(texts: Sequence[str]) -> str:
    """The bank that a file's name or first rows name; empty where none does."""
    for bank, marks in words().banks.items():
        if any(mark in text for mark in marks for text in texts):
            return bank
    return ""


def named(cells: Sequence[str]) -> list[str]:
    """For each cell the field that it is known to head, empty for none."""
    by_heading = {plain(heading): name for name, headings in known().items() if name in FIELDS for heading in headings}
    return [by_heading.get(plain(cell), "") for cell in cells]
