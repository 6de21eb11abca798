"""What is kept of a finding beside its sentence: how the figure came about, what it may cost. JSON in ``Alert.slip``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhangfang_risk_rules.judging.registering import percent
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.risk import Cost, Finding, Rhythm, RiskRule, Unit
from zhangfang_sdk.risk_books import Part, Sum


@dataclass(frozen=True, slots=True)
class Slip:
    """``about`` is the finding's; ``version`` that of the rule."""

    sums: tuple[Sum, ...] = ()
    cost: Cost | None = None
    limit: int | None = None
    worse_is_less: bool = False
    version: int = 1
    about: str = ""


def figure_in_words(figure: int, unit: Unit) -> str:
    if unit is Unit.FEN:
        return f"{yuan(figure)} 元"
    if unit is Unit.BASIS_POINTS:
        return percent(figure)
    return str(figure) + {Unit.MONTHS: " 个月", Unit.DAYS: " 天"}.get(unit, "")


def sentence_of(rule: RiskRule, finding: Finding, month: Period) -> str:
    """What the rule says at the end of ``month``. A whole month is over when people read of it: 近三个月 begins with the day that it is counted to."""
    values = {"figure": figure_in_words(finding.figure, finding.unit), "month": month.label, **finding.values}
    if finding.limit is not None:
        values.setdefault("limit", figure_in_words(finding.limit, finding.unit))
    counted_to = f"截至{month.label}," if rule.rhythm is Rhythm.SETTLED and "{month}" not in rule.sentence else ""
    return counted_to + rule.sentence.format_map(values)


def slip_of(rule: RiskRule, finding: Finding) -> Slip:
    # Nothing at most is no cost that was worked out: it is said that there is none.
    cost = finding.cost if finding.cost is not None and finding.cost.high else None
    return Slip(finding.sums, cost, finding.limit, finding.worse_is_less, rule.version, finding.about)


def written(slip: Slip) -> str:
    cost = None if slip.cost is None else [slip.cost.low, slip.cost.high, slip.cost.basis]
    raw = {
        "sums": [[s.title, [_part(p) for p in s.parts]] for s in slip.sums],
        "cost": cost, "limit": slip.limit, "less": slip.worse_is_less, "version": slip.version,
        **({"about": slip.about} if slip.about else {}),
    }  # fmt: skip
    return json.dumps(raw, ensure_ascii=False)


def read(text: str) -> Slip:
    raw: Mapping[str, Any] = json.loads(text)
    sums = tuple(Sum(title, tuple(_read_part(p) for p in parts)) for title, parts in raw.get("sums", ()))
    cost = raw.get("cost")
    limit, less, version = raw.get("limit"), raw.get("less", False), raw.get("version", 1)
    return Slip(sums, None if cost is None else Cost(*cost), limit, less, version, raw.get("about", ""))


def _part(part: Part) -> Mapping[str, object]:
    raw = {
        "title": part.title, "amount": part.amount, "accounts": list(part.accounts), "invoices": list(part.invoices), "path": part.path,
        "first": part.first.number if part.first else None, "last": part.last.number if part.last else None,
    }  # fmt: skip
    return {name: value for name, value in raw.items() if value not in ("", [], None)}


def _read_part(raw: Mapping[str, Any]) -> Part:
    months = {name: Period.from_number(raw[name]) for name in ("first", "last") if name in raw}
    return Part(
        raw["title"], raw.get("amount", 0), tuple(raw.get("accounts", ())), months.get("first"), months.get("last"),
        tuple(raw.get("invoices", ())), raw.get("path", ""),
    )  # fmt: skip
