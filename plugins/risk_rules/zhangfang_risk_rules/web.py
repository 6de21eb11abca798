"""The page of a client's alerts, and the card at the top of the cockpit."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_risk_rules import services
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@page("/risks", of=(FIRM, CLIENT), permission="risk_rules.read")
async def risks_page(show: str = "") -> Page:
    """Alerts newest first: the client's, or at the firm the open ones of all clients."""
    client = scope().client
    return Page(
        "risk_rules/alerts.html",
        title="风险提醒",
        active="risks",
        alerts=await services.alerts(client, only_open=show == "open" or (client is None and show != "all")),
        show=show if show in ("open", "all") else "open" if client is None else "all",
        names={c.id: c.name for c in await use(Clients).clients()} if client is None else {},
    )


@action("/risks/{alert_id:int}/explain", of=(FIRM, CLIENT), permission="risk_rules.resolve")
async def explain_alert(alert_id: int, data: Form) -> Redirect:
    """Accept an alert with a reason."""
    await services.explain(alert_id, str(data.get("explanation", "")))
    return go(here("/risks"))


async def load_card(client: int, period: str) -> dict[str, Any] | None:
    """Open alerts; None when there is none. They are of now, whatever the period shown."""
    found = await services.alerts(client, only_open=True)
    return {"alerts": found} if found else None


PAGES = [risks_page, explain_alert]
