"""Thresholds in force: the client's own, else the industry's, else the firm's, else the rule's; and which rules the firm has muted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhangfang_risk_rules.chosen import chosen_for
from zhangfang_risk_rules.tables import ClientLimit, FirmLimit, RuleSwitch
from zhangfang_sdk.clients import Client
from zhangfang_sdk.risk import RiskRule, Threshold

ABOUT_BELOW_ZERO = frozenset({"risk_rules.B00", "risk_rules.B07"})
"""Rules whose tolerance is the plugin's setting where the firm has set none of its own."""
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """``of_firm`` by (rule, name) and industry; ``tried`` stand before all others."""

    of_client: Mapping[Key, int]
    of_firm: Mapping[tuple[str, str, str], int]
    muted: frozenset[str]
    tolerance: int = 0
    tried: Mapping[str, int] | None = None

    def of(self, key: str, rule: RiskRule, industry: str) -> Mapping[str, int]:
        found = {name: self._one(key, name, self._default(key, name, threshold), industry) for name, threshold in rule.thresholds.items()}
        return found | dict(self.tried or {})

    def _default(self, key: str, name: str, threshold: Threshold) -> int:
        return self.tolerance if name == "tolerance" and key in ABOUT_BELOW_ZERO else threshold.value

    def _one(self, key: str, name: str, default: int, industry: str) -> int:
        if (key, name) in self.of_client:
            return self.of_client[key, name]
        return self.of_firm.get((key, name, industry), self.of_firm.get((key, name, ""), default))


async def limits_of(client: Client, *, tried: Mapping[str, int] | None = None) -> Limits:
    own = await ClientLimit.select(ClientLimit.rule, ClientLimit.name, ClientLimit.value).where(ClientLimit.client == client.id)
    return Limits(
        {(row["rule"], row["name"]): row["value"] for row in own},
        await firm_limits(),
        await muted_rules(),
        (await chosen_for(client.id)).tolerance,
        tried,
    )


async def limits_of_rule(rule: str, clients: Iterable[int], tried: Mapping[str, int]) -> Mapping[int, Limits]:
    """Of each client for one rule that is tried with other thresholds; a few queries for all of them."""
    own: dict[int, dict[Key, int]] = {client: {} for client in clients}
    for row in await ClientLimit.select(ClientLimit.client, ClientLimit.name, ClientLimit.value).where(ClientLimit.rule == rule):
        if row["client"] in own:
            own[row["client"]][rule, row["name"]] = row["value"]
    of_firm, below_zero = await firm_limits(), rule in ABOUT_BELOW_ZERO
    return {
        client: Limits(limits, of_firm, frozenset(), (await chosen_for(client)).tolerance if below_zero else 0, tried)
        for client, limits in own.items()
    }


async def firm_limits() -> Mapping[tuple[str, str, str], int]:
    rows = await FirmLimit.select(FirmLimit.rule, FirmLimit.name, FirmLimit.industry, FirmLimit.value)
    return {(row["rule"], row["name"], row["industry"]): row["value"] for row in rows}


async def muted_rules() -> frozenset[str]:
    return frozenset(row["rule"] for row in await RuleSwitch.select(RuleSwitch.rule).where(RuleSwitch.muted.eq(True)))
