"""Read a chart of accounts from its folder: ``chart.toml`` (standard and sources) and ``accounts.csv``.

Columns of ``accounts.csv``: code, name, parent (empty on the first level), category, normal_balance, taxpayer
("any", or "general" for accounts that only a general VAT taxpayer keeps), statement_lines (spaces between),
effective_from (ISO date), source (a key of ``chart.toml``), note.
"""

import csv
import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from zhangfang_core.ledger.charts.chart import Account, Category, Chart, ChartFault, Side, Source

_FOLDER = Path(__file__).parent


def standards() -> tuple[str, ...]:
    """The accounting standards that have a chart, sorted."""
    return tuple(sorted(found.parent.name for found in _FOLDER.glob("*/chart.toml")))


@cache
def load_chart(standard: str, taxpayer: str = "general") -> Chart:
    """The chart of ``standard`` ("small_business_2013") for a kind of VAT taxpayer ("general" or "small_scale").

    A small-scale taxpayer keeps no columns under 应交增值税, which is a leaf for it (财会〔2016〕22号).
    Raises ChartFault for an unknown standard or kind of taxpayer, and for data that contradict themselves.
    """
    if standard not in standards():
        raise ChartFault(f"no chart of accounts {standard!r}")
    if taxpayer not in ("general", "small_scale"):
        raise ChartFault(f"no kind of VAT taxpayer {taxpayer!r}")
    about = tomllib.loads((_FOLDER / standard / "chart.toml").read_text(encoding="utf-8"))
    with (_FOLDER / standard / "accounts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return build_chart(about, rows, taxpayer)


def build_chart(about: Mapping[str, Any], rows: Sequence[Mapping[str, str]], taxpayer: str) -> Chart:
    """Build and validate a chart from the content of its files. Raises ChartFault with the code at fault."""
    sources = {
        key: Source(key, value["title"], value["effective_from"], value["covers"])
        for key, value in about["sources"].items()
    }
    codes = [row["code"] for row in rows]
    if len(set(codes)) != len(codes):
        raise ChartFault("an account code stands twice")
    if codes != sorted(codes):
        raise ChartFault("accounts are not in the order of their codes")
    kept = [row for row in rows if taxpayer == "general" or row["taxpayer"] == "any"]
    parents = {row["parent"] for row in kept}
    accounts: dict[str, Account] = {}
    for row in kept:
        account = _account(row, accounts, row["code"] not in parents, about)
        if account.source not in sources:
            raise ChartFault(f"{account.code}: unknown source {account.source!r}")
        accounts[account.code] = account
    for code in (*about["dimensions"], *about["open_items"], *about["month_end"].values()):
        if code not in codes:
            raise ChartFault(f"chart.toml: the chart has no account {code}")
    return Chart(
        standard=about["standard"],
        title=about["title"],
        effective_from=about["effective_from"],
        sources=MappingProxyType(sources),
        accounts=MappingProxyType(accounts),
        dimensions=MappingProxyType({code: tuple(kinds) for code, kinds in about["dimensions"].items()}),
        open_items=tuple(about["open_items"]),
        month_end=MappingProxyType(about["month_end"]),
    )


def _account(row: Mapping[str, str], before: Mapping[str, Account], is_leaf: bool, about: Mapping[str, Any]) -> Account:
    code, parent_code = row["code"], row["parent"]
    parent = before.get(parent_code)
    if not code.isdigit() or not row["name"]:
        raise ChartFault(f"{code!r}: a code is digits and an account has a name")
    if row["taxpayer"] not in ("any", "general"):
        raise ChartFault(f"{code}: unknown kind of taxpayer {row['taxpayer']!r}")
    if not parent_code:
        if len(code) != about["first_level_digits"]:
            raise ChartFault(f"{code}: a first-level code has {about['first_level_digits']} digits")
    elif parent is None:
        raise ChartFault(f"{code}: its parent {parent_code} is missing")
    elif not code.startswith(parent_code) or len(code) != len(parent_code) + about["level_digits"]:
        raise ChartFault(f"{code}: not its parent's code {parent_code} and {about['level_digits']} digits")
    elif parent.category != row["category"]:
        raise ChartFault(f"{code}: another category than its parent {parent_code}")
    try:
        return Account(
            code=code,
            name=row["name"],
            full_name=f"{parent.full_name}-{row['name']}" if parent else row["name"],
            parent=parent_code or None,
            category=Category(row["category"]),
            normal_balance=Side(row["normal_balance"]),
            is_leaf=is_leaf,
            level=parent.level + 1 if parent else 1,
            for_general_only=row["taxpayer"] == "general",
            statement_lines=tuple(row["statement_lines"].split()),
            effective_from=dt.date.fromisoformat(row["effective_from"]),
            source=row["source"],
            note=row["note"],
        )
    except ValueError as error:
        raise ChartFault(f"{code}: {error}") from error
