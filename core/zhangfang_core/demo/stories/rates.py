"""Tax rates by date, read from ``rates.toml``; and the arithmetic of shares in whole fen."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

WHOLE = 100_000
"""Rates are whole parts of this."""


def rate(key: str, on: date) -> int:
    """The rate in force on a date, in parts of WHOLE. Raises KeyError where none is known."""
    for entry in _entries("rate"):
        if entry["key"] == key and entry["effective_from"] <= on <= entry.get("effective_to", date.max):
            return int(entry["per_100000"])
    raise KeyError(f"no rate {key} on {on}")


def owes_no_vat(quarter_sales: int, on: date) -> bool:
    """Whether a small-scale taxpayer's quarter (fen, without tax) stays below the threshold (起征点)."""
    return any(
        quarter_sales < entry["below"] and entry["effective_from"] <= on <= entry["effective_to"]
        for entry in _entries("threshold")
    )


def share(amount: int, numerator: int, denominator: int) -> int:
    """``amount`` x numerator / denominator in whole fen, half a fen away from zero."""
    part = (2 * abs(amount) * numerator + denominator) // (2 * denominator)
    return part if amount >= 0 else -part


def rated(amount: int, key: str, on: date) -> int:
    """The share of ``amount`` that the rate in force takes."""
    return share(amount, rate(key, on), WHOLE)


def without_levy(gross: int, on: date) -> tuple[int, int]:
    """A small-scale taxpayer's takings, split into revenue and VAT (征收率)."""
    levy = rate("small_scale_levy", on)
    net = share(gross, WHOLE, WHOLE + levy)
    return net, gross - net


@cache
def _entries(table: str) -> list[dict[str, Any]]:
    text = (Path(__file__).parent / "rates.toml").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = tomllib.loads(text)[table]
    return entries
