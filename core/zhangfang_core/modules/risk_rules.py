"""The SDK's ``RiskRules``: what plugins that are on declare, each rule's function called as its plugin."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from zhangfang_core.modules.calling import calling
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_sdk.risk import Material, RiskRule, Verdict


class DeclaredRiskRules:
    """See the Protocol."""

    async def known(self) -> Mapping[str, RiskRule]:
        on = await enabled_modules()
        return {
            f"{id_}.{rule.id}": _as_its_plugin(id_, rule)
            for id_, module in registry().modules.items()
            if id_ in on
            for rule in module.risk_rules
        }


@cache
def _as_its_plugin(plugin: str, rule: RiskRule) -> RiskRule:
    part = f"risk rule {rule.id}"

    def judge(material: Material) -> Verdict:
        with calling(plugin, part):
            return rule.judge(material)

    return replace(rule, judge=judge)
