"""Rates and limits by the day on which they hold (``data/tax/rates.toml``), and the accounts of a standard (``accounts.toml``)."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent.parent / "data" / "tax"
TEN_THOUSAND = 10_000

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Accounts:
    """Codes of a standard by what they are for; each stands for all below it."""

    receivable: str
    sales: tuple[str, ...]
    vat: str
    vat_input: str
    vat_input_out: str
    vat_output: str
    vat_paid: str
    vat_out: str
    vat_unpaid: str
    vat_simple: str
    vat_exempt: str
    surtax_expense: str
    city_maintenance: str
    education: str
    local_education: str
    stamp: str
    withheld: str
    capital: tuple[str, ...]
    goods: tuple[str, ...]
    production: str
    income_tax_expense: str
    income_tax: str
    costs: tuple[str, ...]
    prior_years: tuple[str, ...]
    profit: str
    distribution: str
    retained: str
    appropriation: str
    reserve: str


@cache
def accounts_of(standard: str) -> Accounts | None:
    """None for a standard of which no accounts are known."""
    raw = _read("accounts.toml").get(standard)
    if raw is None:
        return None
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Accounts(**values)


def in_force(kind: str, day: dt.date) -> list[Row]:
    """The rows of ``kind`` ("vat_free", "surcharge" …) that hold on ``day``."""
    rows: Sequence[Row] = _read("rates.toml")[kind]
    return [r for r in rows if r["from"] <= day and (r.get("until") is None or day <= r["until"])]


def one_in_force(kind: str, day: dt.date) -> Row | None:
    return next(iter(in_force(kind, day)), None)


def source_of(row: Row | None) -> str:
    """The rule and the days on which it holds: "…第二十条(2026-01-01 起)"; "" for none."""
    if row is None:
        return ""
    until = f",至 {row['until']}" if row.get("until") else ""
    return f"{row['source']}({row['from']} 起{until})"


def part_of(amount: int, rate: int) -> int:
    """``rate`` parts of ten thousand of ``amount``, half a fen rounded away from zero (四舍五入)."""
    return parts_of(amount, rate, TEN_THOUSAND)


def parts_of(amount: int, rate: int, whole: int) -> int:
    """As :func:`part_of`, ``rate`` parts of ``whole``."""
    rounded = (abs(amount) * rate * 2 + whole) // (whole * 2)
    return rounded if amount >= 0 else -rounded


def percent(rate: int) -> str:
    return f"{rate / 100:g}%"


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))
