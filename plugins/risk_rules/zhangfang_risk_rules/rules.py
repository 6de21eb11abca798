"""Rules as data: which account must not have its balance on the other side. Pure; amounts in fen."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.money import yuan

SEVERITIES = {"bad": "严重", "warn": "提醒"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its date of effect and source, as the data file has it."""

    id: str
    account: str
    severity: str
    effective_from: dt.date
    source: str
    title: str
    sentence: str
    todo: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the sentence carries the figure."""

    rule: Rule
    amount: int
    sentence: str


@cache
def rules() -> tuple[Rule, ...]:
    text = files("zhangfang_risk_rules").joinpath("data/rules.toml").read_text("utf-8")
    return tuple(Rule(**raw) for raw in tomllib.loads(text)["rule"])


def find(
    balances: Iterable[Balance], day: dt.date, known: Sequence[Rule] | None = None, *, tolerance: int = 0
) -> list[Finding]:
    """Findings on the balances up to ``day``'s month; rules not yet in effect on ``day`` are left out.

    So are balances that are wrong by no more than ``tolerance`` fen.
    """
    sums: dict[str, int] = {}
    for balance in balances:
        amount = balance.debit + balance.closing_debit - balance.credit - balance.closing_credit
        sums[balance.account] = sums.get(balance.account, 0) + amount
    found = []
    for rule in rules() if known is None else known:
        amount = sum(value for account, value in sums.items() if account.startswith(rule.account))
        if rule.effective_from <= day and amount < -tolerance:
            found.append(Finding(rule, amount, rule.sentence.format(amount=yuan(amount))))
    return found
