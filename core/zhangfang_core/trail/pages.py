"""``/audit``, for those who may read the firm's trail."""

import datetime as dt
import json
from typing import Annotated, Any

from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from zhangfang_core.modules.translations import gettext
from zhangfang_core.trail import value_words
from zhangfang_core.trail.action_names import action_name, action_names
from zhangfang_core.trail.tables import AuditEntry
from zhangfang_core.trail.verification_pages import HANDLERS as VERIFICATION_HANDLERS
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.services import use
from zhangfang_sdk.web import FIRM, Page, page

ENTRIES_SHOWN = 50
FIRST_YEAR, LAST_YEAR = 2000, 2999


@page("/audit", of=FIRM, permission="audit.read")
async def trail(
    person: str = "",
    what: Annotated[str, QueryParameter(name="action")] = "",
    since: Annotated[str, QueryParameter(name="from")] = "",
    until: Annotated[str, QueryParameter(name="to")] = "",
    older_than: Annotated[int, QueryParameter(name="before", ge=0, le=2**63 - 1)] = 0,
) -> Page:
    """The firm's trail, newest first. Dates are days in Asia/Shanghai, both included."""
    person, what = _typed(person), _typed(what)
    query = AuditEntry.select().order_by(AuditEntry.id, ascending=False).limit(ENTRIES_SHOWN + 1)
    if person:
        query = query.where(AuditEntry.user_name.ilike(f"%{_literal(person)}%"))
    if what:
        query = query.where(AuditEntry.action == what)
    if first := _day(since, "from"):
        query = query.where(AuditEntry.at >= first)
    if last := _day(until, "to"):
        query = query.where(AuditEntry.at < last + dt.timedelta(days=1))
    if older_than:
        query = query.where(AuditEntry.id < older_than)
    rows = await query
    return Page(
        "trail/audit.html",
        title="操作日志",
        active="audit",
        entries=[_entry(row) for row in rows[:ENTRIES_SHOWN]],
        older=rows[ENTRIES_SHOWN - 1]["id"] if len(rows) > ENTRIES_SHOWN else None,
        clients={client.id: client.name for client in await use(Clients).clients()} if scope().firm else {},
        actions=[("", gettext("全部操作")), *((key, gettext(name, _plugin(key))) for key, name in action_names().items())],
        chosen={"person": person, "action": what, "from": since, "to": until},
    )


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    action = row["action"]
    return {
        **row,
        "about": value_words.subject_words(row["subject"], action),
        "name": gettext(action_name(action), _plugin(action)),
        "changes": value_words.changes(action, _values(row["before"]), _values(row["after"])),
    }


def _plugin(action: str) -> str:
    """What stands before an action's dot: a plugin, or a room of core's."""
    return action.partition(".")[0]


def _values(text: str | None) -> dict[str, Any]:
    found = None if text is None else json.loads(text)
    return found if isinstance(found, dict) else {}


def _day(text: str, field: str) -> dt.datetime | None:
    """The first instant of a day in Asia/Shanghai."""
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refusal("audit.date_wrong", "日期写成“2026-03-31”这样的形式。", field=field)
    return dt.datetime.combine(day, dt.time(), BUSINESS_TIME_ZONE)


def _typed(text: str) -> str:
    """What a person typed, without the NUL that PostgreSQL cannot hold."""
    return text.replace("\0", "").strip()


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


HANDLERS: list[HTTPRouteHandler] = [trail, *VERIFICATION_HANDLERS]
