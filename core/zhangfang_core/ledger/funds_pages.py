"""``/funds``: 资金收支, the page of whoever handles the money."""

from litestar.handlers import HTTPRouteHandler

from zhangfang_core.ledger.funds import MOST, funds
from zhangfang_core.ledger.months import month_asked, months_offered
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.web import CLIENT, Page, page


@page("/funds", of=CLIENT, permission="funds.read")
async def funds_page(month: str = "") -> Page:
    """A month's money by account, and what came in and went out, the newest first."""
    client = client_in_scope()
    shown = month_asked(month)
    found = await funds(client, shown)
    return Page(
        "ledger/funds.html",
        title="资金收支",
        active="funds",
        month=shown,
        months=await months_offered(client),
        funds=found,
        most=MOST,
    )


HANDLERS: list[HTTPRouteHandler] = [funds_page]
