"""What the demo's firm has decided of its rules: a reference for wholesalers, a seller on its risk list, and what a boss has said of one alert.
Alerts arise from the books."""

from collections.abc import Sequence
from dataclasses import replace

from zhangfang_risk_rules.alerts.life import State
from zhangfang_risk_rules.alerts.stepping import explain
from zhangfang_risk_rules.ruling import set_limit
from zhangfang_risk_rules.scanning.listing_sellers import bring_in
from zhangfang_risk_rules.scanning.scanning import scan, watch_new
from zhangfang_risk_rules.tables import Alert, Seller
from zhangfang_sdk.context import in_scope, scope

REFERENCE = 300
"""Basis points: what the demo's firm found among its own wholesalers."""
MOVED, BOSS = "risk_rules.V02", "高总"
WORDS = "这几个月建材降价促销,卖价比以前低 8%,毛利变薄;调价通知已经发给会计。"
LISTED = "杭州富春蔬菜专业合作社,93330111MADEM00462,走逃失联"
"""A supplier of greens to the demo's restaurant: fictional, with an invented tax id."""


async def fill(clients: Sequence[int]) -> None:
    """Once for a firm."""
    if not await Seller.exists():
        await set_limit("risk_rules.V01", "reference", REFERENCE, industry="trading")
        await bring_in(LISTED, "主管税务机关通报(示例)")
    for client in clients:
        await _explained(client)
    await watch_new(clients)


async def _explained(client: int) -> None:
    """Whose burden moved has said why, in the words of the one client of the demo of which it is true; the firm has still to look."""
    await scan(client, only=frozenset({MOVED}))
    for alert in await Alert.objects().where(Alert.client == client, Alert.rule == MOVED, Alert.state == State.OPEN.value):
        with in_scope(replace(scope(), client=client, user_name=BOSS)):
            await explain(alert.id, WORDS)
