"""Which column of a bank's statement means what, and how cells of statements say things. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zhangfang_books.importing.layouts import LayoutKind

_FILE = Path(__file__).parent.parent / "data" / "bank_headings.toml"

TITLES: Mapping[str, str] = {
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


@dataclass(frozen=True, slots=True)
class Words:
    """How cells of statements say things."""

    out: tuple[str, ...]
    coming: tuple[str, ...]
    neutral: tuple[str, ...]
    neutral_out: tuple[str, ...]
    neutral_in: tuple[str, ...]
    wallets: tuple[str, ...]
    own_purses: tuple[str, ...]
    inner: tuple[str, ...]
    undone: tuple[str, ...]
    yuan: tuple[str, ...]
    preamble: Mapping[str, tuple[str, ...]]
    banks: Mapping[str, tuple[str, ...]]


def _enough(fields: Mapping[str, object]) -> bool:
    """Whether lines can be read from these fields."""
    return ("date" in fields or "time" in fields) and ({"in", "out"} <= fields.keys() or "amount" in fields)


@cache
def statement_layout() -> LayoutKind:
    columns = tomllib.loads(_FILE.read_text("utf-8"))["columns"]
    return LayoutKind("bank", {name: tuple(headings) for name, headings in columns.items()}, TITLES, _enough)


@cache
def words() -> Words:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    said = {name: tuple(texts) for name, texts in data["words"].items()}
    named = {group: {k: tuple(v) for k, v in data[group].items()} for group in ("preamble", "banks")}
    return Words(coming=said.pop("in"), preamble=named["preamble"], banks=named["banks"], **said)


def bank_named(texts: Sequence[str]) -> str:
    """The bank that a file's name or first rows name; empty where none does."""
    for bank, marks in words().banks.items():
        if any(mark in text for mark in marks for text in texts):
            return bank
    return ""
