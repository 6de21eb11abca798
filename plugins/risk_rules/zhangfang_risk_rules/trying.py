"""Trying a rule over past months with thresholds that are not in force yet: how many, on whom, how many had been confirmed."""

import datetime as dt
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from zhangfang_risk_rules.limits import Limits, limits_of_rule
from zhangfang_risk_rules.scanning.asking import ask
from zhangfang_risk_rules.scanning.reading import Known, read
from zhangfang_risk_rules.scanning.scanning import BACK
from zhangfang_risk_rules.tables import Alert, Trial
from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.context import transaction
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.risk import RiskRule, RiskRules
from zhangfang_sdk.risk_books import months_between

AT_ONCE = 25
REFERENCE = "reference"
"""The threshold that a rule's figure is held against; what the firm's own clients have is a good one."""
FEWEST = 5


@dataclass(slots=True)
class Tried:
    """By client the months in which the rule would have fired; ``confirmed`` are those of which an alert ended other than by itself.

    ``figures``: what the rule held against its reference at the end of the last whole month, of each client that has one.
    """

    months: dict[int, list[int]] = field(default_factory=dict)
    figures: list[int] = field(default_factory=list)
    asked: int = 0
    confirmed: int = 0

    @property
    def findings(self) -> int:
        return sum(len(months) for months in self.months.values())


async def try_rule(key: str, rule: RiskRule, wanted: Mapping[str, int], clients: Sequence[Client], industry: str = "") -> Tried:
    """Over the last 24 months of each client, in the caller's transaction. Nothing is kept."""
    tried, running = Tried(), Period.of(today())
    confirmed = {
        (row["client"], row["month"])
        for row in await Alert.select(Alert.client, Alert.month).where(Alert.rule == key, Alert.explanation != "")
    }
    chosen = [client for client in clients if industry in ("", client.industry)]
    limits = await limits_of_rule(key, [client.id for client in chosen], wanted)
    for client in chosen:
        tried.asked += 1
        first = max(Period.of(client.books_start), running.plus(1 - BACK))
        months = list(months_between(first, running))
        known = await read(client.id, [(rule, months)])
        if known is None:
            continue
        for month in months:
            said = ask(key, rule, known, month, limits[client.id])
            if said is not None and said.findings:
                tried.months.setdefault(client.id, []).append(month.number)
                tried.confirmed += (client.id, month.number) in confirmed
        if REFERENCE in rule.thresholds:
            tried.figures += _figure(key, rule, known, running.plus(-1), limits[client.id])
    return tried


def _figure(key: str, rule: RiskRule, known: Known, month: Period, limits: Limits) -> Sequence[int]:
    """The rule's figure whatever it is: held against a reference that nothing reaches, it always tells."""
    beyond = replace(limits, tried={**(limits.tried or {}), REFERENCE: rule.thresholds[REFERENCE].largest})
    said = ask(key, rule, known, month, beyond)
    return [] if said is None else [finding.figure for finding in said.findings[:1]]


def quartiles(figures: Sequence[int]) -> tuple[int, int, int] | None:
    """A quarter of the figures is no more than the first, half no more than the second; None of fewer than FEWEST, who would be known by them."""
    if len(figures) < FEWEST:
        return None
    low, middle, high = statistics.quantiles(figures, n=4, method="inclusive")
    return round(low), round(middle), round(high)


async def run_trial(trial: int) -> None:
    """The job behind the page: a transaction for each handful of clients, so that nothing is held for long."""
    async with transaction():
        row = await Trial.objects().where(Trial.id == trial).first()
        clients = list(await use(Clients).clients())
        rule = None if row is None else (await use(RiskRules).known()).get(row.rule)
    if row is None or rule is None:
        return
    wanted: dict[str, Any] = json.loads(row.wanted)
    if wanted.get("client"):
        clients = [client for client in clients if client.id == wanted["client"]]
    whole = Tried()
    for start in range(0, len(clients), AT_ONCE):
        async with transaction():
            part = await try_rule(row.rule, rule, wanted["limits"], clients[start : start + AT_ONCE], wanted.get("industry", ""))
        whole.months |= part.months
        whole.figures += part.figures
        whole.asked += part.asked
        whole.confirmed += part.confirmed
    async with transaction():
        await Trial.update(
            {
                Trial.found: json.dumps(
                    {"months": whole.months, "findings": whole.findings, "confirmed": whole.confirmed, "quartiles": quartiles(whole.figures)}
                ),
                Trial.asked: whole.asked,
                Trial.hit: len(whole.months),
                Trial.done_at: dt.datetime.now(dt.UTC),
            }
        ).where(Trial.id == trial)
