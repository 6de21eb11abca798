"""What the demo's firm has decided of its rules: a reference for wholesalers, and a seller on its risk list. Alerts arise from the books."""

from collections.abc import Sequence

from zhangfang_risk_rules.ruling import set_limit
from zhangfang_risk_rules.scanning.listing_sellers import bring_in
from zhangfang_risk_rules.scanning.scanning import watch_new
from zhangfang_risk_rules.tables import Seller

REFERENCE = 300
"""Basis points: what the demo's firm found among its own wholesalers."""
LISTED = "杭州富春蔬菜专业合作社,93330111MADEM00462,走逃失联"
"""A supplier of greens to the demo's restaurant: fictional, with an invented tax id."""


async def fill(clients: Sequence[int]) -> None:
    """Once for a firm."""
    if not await Seller.exists():
        await set_limit("risk_rules.V01", "reference", REFERENCE, industry="trading")
        await bring_in(LISTED, "主管税务机关通报(示例)")
    await watch_new(clients)
