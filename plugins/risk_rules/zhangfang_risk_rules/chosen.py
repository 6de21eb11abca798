"""What a firm, or a client of it, chose of this plugin's settings."""

from dataclasses import dataclass

from zhangfang_sdk.settings import settings


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """``tolerance``: fen below zero that no alert is made of."""

    tolerance: int


async def chosen_for(client: int) -> RiskSettings:
    return await settings("risk_rules", RiskSettings, client=client)
