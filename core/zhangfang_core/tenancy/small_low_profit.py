"""小型微利企业, judged from the facts by the rule of the day: pure, no database."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zhangfang_sdk.money import yuan
from zhangfang_sdk.profile import Answer, Fact, FactKind, Profile, QuarterEnds, SmallLowProfit

FEN = 100


@cache
def _rules() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return tomllib.loads((Path(__file__).parent / "small_low_profit.toml").read_text(encoding="utf-8"))


def _rule(name: str, day: dt.date) -> Mapping[str, Any] | None:
    return next((r for r in _rules()[name] if r["from"] <= day and (r.get("until") is None or day <= r["until"])), None)


def last_year_of_loss(year: int) -> int | None:
    """Until which year's income a loss of ``year`` is made up, for a company without further status; None when no rule is known."""
    rule = _rule("loss", dt.date(year, 12, 31))
    return None if rule is None else year + int(rule["years"])


@dataclass(frozen=True, slots=True)
class _Condition:
    """One of the four: whether it is met (None: not known), and its sentence."""

    is_met: bool | None
    sentence: str = ""
    missing: tuple[FactKind, ...] = ()


def judge(profile: Profile) -> SmallLowProfit:
    """For the year of ``profile.at``, from the quarters that were entered and the taxable income of the year so far.

    One limit that is passed answers NO, whatever else is missing. 国家税务总局公告2023年第6号: a prepayment is judged by the year until its
    quarter's end, so a judgement within the year may change until 12-31.
    """
    rule = _rule("rule", profile.at)
    if rule is None:
        return SmallLowProfit(Answer.UNKNOWN, profile.at.year, ("没有这一年的小型微利企业标准。",))
    quarters = _quarters_until(profile)
    income = int(rule["income_yuan"]) * FEN
    conditions = (
        _industry(profile),
        _income(profile, income),
        _average(profile.employees, FactKind.EMPLOYEES, int(rule["people"]), quarters),
        _average(profile.total_assets, FactKind.TOTAL_ASSETS, int(rule["assets_yuan"]) * FEN, quarters),
    )
    met = [c.is_met for c in conditions]
    answer = Answer.NO if False in met else Answer.UNKNOWN if None in met else Answer.YES
    return SmallLowProfit(
        answer,
        profile.at.year,
        tuple(c.sentence for c in conditions if c.sentence),
        tuple(kind for c in conditions for kind in c.missing),
        str(rule["source"]),
        income,
    )


def _industry(profile: Profile) -> _Condition:
    fact = profile.restricted_industry
    if fact is None:
        return _Condition(None, missing=(FactKind.RESTRICTED_INDUSTRY,))
    return _Condition(not fact.value, "从事国家限制或禁止的行业。" if fact.value else "不属于国家限制或禁止的行业。")


def _income(profile: Profile, limit: int) -> _Condition:
    fact = profile.taxable_income
    if fact is None:
        return _Condition(None, missing=(FactKind.TAXABLE_INCOME,))
    amount = fact.value.amount
    return _Condition(
        amount <= limit,
        f"{fact.value.year} 年应纳税所得额 {yuan(amount)} 元,标准是不超过 {yuan(limit)} 元。",
    )


def _quarters_until(profile: Profile) -> range:
    """The quarters of the year that are over, from the one in which a company of this year was founded."""
    founded = profile.founded_on
    first = quarter_of(founded.value) if founded is not None and founded.value.year == profile.at.year else 1
    return range(first, quarter_of(profile.at))


def quarter_of(day: dt.date) -> int:
    return (day.month + 2) // 3


def _average(facts: Sequence[Fact[QuarterEnds]], kind: FactKind, limit: int, over: range) -> _Condition:
    """The running quarter counts when it was entered; those that are over must have been."""
    if not facts:
        return _Condition(None, missing=(kind,))
    numbers = [quarter_of(f.valid_from) for f in facts]
    ends = sum(f.value.start + f.value.end for f in facts)
    title, figure = _written(kind, ends, 2 * len(facts))
    bound = f"{limit} 人" if kind is FactKind.EMPLOYEES else f"{yuan(limit)} 元"
    sentence = f"第 {'、'.join(map(str, numbers))} 季度{title}平均 {figure},标准是不超过 {bound}。"
    if not set(over) <= set(numbers):
        return _Condition(None, sentence + "还缺其他季度。", (kind,))
    return _Condition(ends <= limit * 2 * len(facts), sentence)


def _written(kind: FactKind, ends: int, count: int) -> tuple[str, str]:
    if kind is FactKind.EMPLOYEES:
        return "从业人数", f"{ends / count:g} 人" if ends % count == 0 else f"{ends / count:.2f} 人"
    return "资产总额", f"{yuan((2 * ends + count) // (2 * count))} 元"
