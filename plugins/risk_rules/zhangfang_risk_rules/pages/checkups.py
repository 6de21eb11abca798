"""体检报告: one tap makes it; the boss keeps it or sends the file on, the firm sends it to the boss."""

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_risk_rules.alerts.service import READ
from zhangfang_risk_rules.alerts.stepping import RESOLVE
from zhangfang_risk_rules.checkup import making
from zhangfang_risk_rules.questionnaires.keeping import CHECK
from zhangfang_risk_rules.tables import Checkup
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page


@page("/risks/checkups", of=CLIENT, permission=READ)
async def checkups_page() -> Page:
    """Those that were made, the newest first."""
    rows = await Checkup.objects().where(Checkup.client == client_in_scope()).order_by(Checkup.id, ascending=False).limit(60)
    return Page(
        "risk_rules/checkups.html",
        title="体检报告",
        active="risks",
        rows=[(row, Period.from_number(row.period).label) for row in rows],
        may=scope().holds(CHECK),
    )


@action("/risks/checkups", of=CLIENT, permission=CHECK)
async def make_form() -> Redirect:
    """Make the last whole month's, of what is known now."""
    made = await making.make(client_in_scope())
    return go(here(f"/risks/checkups/{made}"))


@page("/risks/checkups/{checkup_id:int}", of=CLIENT, permission=READ, seen_as="risk_rules.checkup_seen")
async def checkup_page(checkup_id: int, sent: str = "") -> Page:
    row = await making.checkup_of(client_in_scope(), checkup_id)
    return Page(
        "risk_rules/checkup.html",
        title="体检报告",
        active="risks",
        row=row,
        month=Period.from_number(row.period).label,
        sent=sent,
        may_send=scope().staff and scope().holds(RESOLVE),
    )


@action("/risks/checkups/{checkup_id:int}/send", of=CLIENT, permission=RESOLVE)
async def send_form(checkup_id: int) -> Redirect:
    """Tell the client's people where it is."""
    told = await making.send(client_in_scope(), checkup_id)
    return go(here(f"/risks/checkups/{checkup_id}?sent={'yes' if told else 'no'}"))


PAGES: list[HTTPRouteHandler] = [checkups_page, make_form, checkup_page, send_form]
