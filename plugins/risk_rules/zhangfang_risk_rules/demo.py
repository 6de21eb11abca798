"""What the demo's firm has decided of its rules: a reference for wholesalers, and a seller on its risk list. Alerts arise from the books."""

from collections.abc import Sequence

from zhangfang_risk_rules.ruling import set_limit
from zhangfang_risk_rules.scanning.listing_sellers import bring_in
from zhangfang_risk_rules.scanning.scanning import watch_new
from zhangfang_risk_rules.tables import Seller
from zhangfang_sdk import use
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceQuery, Invoices

REFERENCE = 300
"""Basis points: what the demo's firm found among its own wholesalers."""
WORD = "蔬菜"


async def fill(clients: Sequence[int]) -> None:
    """Once for a firm; a supplier of greens that some client buys from lands on the list, if there is one."""
    if not await Seller.exists():
        await set_limit("risk_rules.V01", "reference", REFERENCE, industry="trading")
        sellers = await _greengrocers()
        if sellers:
            name, tax_id = sellers[0]
            await bring_in(f"{name},{tax_id},走逃失联", "主管税务机关通报(示例)")
    await watch_new(clients)


async def _greengrocers() -> list[tuple[str, str]]:
    page = await use(Invoices).page(InvoiceQuery(None, direction=InvoiceDirection.RECEIVED, party=WORD), limit=50)
    return sorted({(i.seller.name, i.seller.tax_id) for i in page.invoices if i.seller.tax_id})
