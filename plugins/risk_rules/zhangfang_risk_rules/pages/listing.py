"""A client's alerts as a list, the card at the top of its pages, and the red dot."""

from collections.abc import Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler

from zhangfang_risk_rules.alerts import slips
from zhangfang_risk_rules.alerts.life import STANDING, TITLES, State
from zhangfang_risk_rules.alerts.service import READ, STATES
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import translatable
from zhangfang_sdk.waiting import Urgency, WaitingItem
from zhangfang_sdk.web import CLIENT, Page, page

MOST = 100
ON_CARD = 3
SEVERITIES = {
    Severity.NOTE: translatable("留意"),
    Severity.LOW: translatable("提醒"),
    Severity.HIGH: translatable("严重"),
    Severity.URGENT: translatable("紧急"),
}
KINDS = {Severity.NOTE: "info", Severity.LOW: "warn", Severity.HIGH: "bad", Severity.URGENT: "bad"}


@page("/risks", of=CLIENT, permission=READ)
async def risks_page(show: str = "open") -> Page:
    """The client's alerts, the worst first: those that stand, or all."""
    show = show if show in ("open", "all") else "open"
    return Page(
        "risk_rules/alerts.html",
        title="风险提醒",
        active="risks",
        alerts=await alerts_of(client_in_scope(), only_standing=show == "open"),
        show=show,
        **words(),
    )


def words() -> dict[str, Any]:
    """What templates call severities and states."""
    return {
        "severities": {int(s): title for s, title in SEVERITIES.items()},
        "kinds": {int(s): kind for s, kind in KINDS.items()},
        "states": {state.value: title for state, title in TITLES.items()},
        "standing": {state.value for state in STANDING},
    }


async def alerts_of(client: int, *, only_standing: bool = False) -> Sequence[Alert]:
    """At most a hundred, the worst first; muted ones are left out."""
    query = Alert.objects().where(Alert.client == client, Alert.muted.eq(False))
    if only_standing:
        query = query.where(Alert.state.is_in(STATES))
    return await query.order_by(Alert.level, Alert.updated_at, Alert.id, ascending=False).limit(MOST)


async def load_card(client: int, period: str) -> dict[str, Any] | None:
    """The worst that stand; None when there is none. They are of now, whatever the period shown."""
    found = await alerts_of(client, only_standing=True)
    shown = [a for a in found if a.level >= Severity.LOW][:ON_CARD]
    return {"alerts": shown, "more": len(found) - len(shown), **words()} if shown else None


async def standing_alerts() -> int:
    """For the dot: what stands and is more than a note."""
    query = Alert.count().where(Alert.state.is_in(STATES), Alert.muted.eq(False), Alert.level >= int(Severity.LOW))
    client = scope().client
    return int(await (query if client is None else query.where(Alert.client == client)))


async def waiting(limit: int) -> Sequence[WaitingItem]:
    """等您处理, of what is severe: for the boss what nobody of the client has opened; for the firm what stands and is not given to somebody else."""
    staff, client = scope().staff, scope().client
    query = Alert.objects().where(Alert.muted.eq(False), Alert.level >= int(Severity.HIGH))
    if staff:
        query = query.where(Alert.state.is_in(STATES), Alert.assigned_to.is_null() | (Alert.assigned_to == scope().user))
    else:
        query = query.where(Alert.state == State.OPEN.value)
    query = query if client is None else query.where(Alert.client == client)
    rows = await query.order_by(Alert.level, Alert.created_at, ascending=False).limit(limit)
    return [
        WaitingItem(
            client=row.client, title=row.title, button="看看", path=f"/risks/{row.id}",
            urgency=Urgency.TODAY if row.level == Severity.URGENT else Urgency.SOON, from_whom="风险检查", note=row.sentence,
            about=slips.read(row.slip).about,
        )
        for row in rows
    ]  # fmt: skip


async def names_of_clients() -> dict[int, str]:
    return {c.id: c.name for c in await use(Clients).clients()}



PAGES: list[HTTPRouteHandler] = [risks_page]
