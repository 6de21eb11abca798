"""The plugin's own rules, made from their data files and functions."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from zhangfang_risk_rules.judging import FUNCTIONS
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.risk import Law, Reader, Rhythm, RiskRule, Source, Span, Threshold, Unit
from zhangfang_sdk.texts import translatable

FAMILIES = translatable({"vat": "增值税", "invoices": "发票", "income_tax": "企业所得税", "balances": "往来与资金", "duties": "用工与登记申报"})
_LARGEST = {Unit.FEN: 10**13, Unit.BASIS_POINTS: 10_000, Unit.COUNT: 1000, Unit.DAYS: 3650, Unit.MONTHS: 120}
"""What a threshold may be set to where its data says nothing else: a share is a part of a whole, and money no more than a hundred billion yuan."""
_SEVERITY = {"note": Severity.NOTE, "low": Severity.LOW, "high": Severity.HIGH, "urgent": Severity.URGENT}


@cache
def own_rules() -> tuple[RiskRule, ...]:
    """In the order of the files. Raises KeyError for data without a function, and the other way round."""
    laws = _laws()
    made = [_rule(raw, laws, title) for name, title in FAMILIES.items() for raw in _read(f"rules/{name}.toml")["rule"]]
    if left := set(FUNCTIONS) - {rule.id for rule in made}:
        raise KeyError(f"functions without data: {sorted(left)}")
    return tuple(made)


@cache
def accounts_of(standard: str) -> Mapping[str, tuple[str, ...]] | None:
    """Accounts by role; None for a standard that is not known here."""
    found = _read("accounts.toml").get(standard)
    return None if found is None else {role: tuple(codes) for role, codes in found.items()}


@cache
def law(key: str) -> Law:
    """Raises KeyError."""
    return _laws()[key]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("zhangfang_risk_rules").joinpath(f"data/{name}").read_text("utf-8"))


def _laws() -> Mapping[str, Law]:
    return {
        key: Law(raw["sentence"], Source(raw["article"], raw["since"], raw.get("confirmed", False)))
        for key, raw in _read("laws.toml").items()
    }


def _rule(raw: Mapping[str, Any], laws: Mapping[str, Law], family: str) -> RiskRule:
    kinds = {"general": TaxpayerKind.GENERAL, "small": TaxpayerKind.SMALL_SCALE}
    until = raw.get("effective_until")
    return RiskRule(
        id=raw["id"],
        version=raw.get("version", 1),
        title=raw["title"],
        severity=_SEVERITY[raw["severity"]],
        needs=frozenset(Reader(name) for name in raw["needs"]),
        judge=FUNCTIONS[raw["id"]],
        sentence=raw["sentence"],
        formula=raw["formula"],
        advice=raw["advice"],
        ask=raw.get("ask", "会计"),
        laws=tuple(laws[key] for key in raw.get("laws", ())),
        thresholds={name: _threshold(value) for name, value in raw.get("thresholds", {}).items()},
        effective_from=raw.get("effective_from", dt.date(2013, 1, 1)),
        effective_until=until,
        kinds=frozenset(kinds[name] for name in raw.get("kinds", ())),
        industries=frozenset(raw.get("industries", ())),
        spared=frozenset(raw.get("spared", ())),
        rhythm=Rhythm(raw.get("rhythm", "settled")),
        span=Span(raw.get("span", "quarter")),
        worse_by=raw.get("worse_by", 1000),
        family=family,
        foretells=raw.get("foretells", False),
    )


def _threshold(raw: Mapping[str, Any]) -> Threshold:
    source = Source(raw.get("source", "本软件给的数,税务机关不公布,本机构可以改"), raw.get("since", ""), raw.get("confirmed", False))
    unit = Unit(raw["unit"])
    return Threshold(raw["title"], raw["value"], unit, source, raw.get("smallest", 0), raw.get("largest", _LARGEST[unit]))
