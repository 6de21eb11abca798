"""The page of the month's tasks, and the card on the cockpit."""

import datetime as dt
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_collab import services
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@page("/tasks", of=(FIRM, CLIENT), permission="collab.read")
async def tasks_page(period: str | None = None, show: str = "") -> Page:
    """Tasks of a month ("2026-11"; the current one by default): the client's, or at the firm those of all clients."""
    month = Period.parse(period) if period else Period.current()
    client = scope().client
    return Page(
        "collab/tasks.html",
        title="待办事项",
        active="desk-tasks" if scope().staff else "tasks",
        tasks=services.chosen(await services.tasks(client, month), show),
        show=show if show in services.FILTERS else "",
        filters=list(services.FILTERS.items()),
        names={c.id: c.name for c in await use(Clients).clients()} if client is None else {},
        period=month,
        today=today(),
    )


@action("/tasks", of=CLIENT, permission="collab.assign")
async def assign_task(data: Form) -> Redirect:
    """Make a task for the open client."""
    try:
        due_on = dt.date.fromisoformat(str(data.get("due_on", "")))
    except ValueError:
        raise Refusal("collab.due_missing", "请选择到期日。", field="due_on") from None
    month = Period.of(due_on)
    await services.assign(client_in_scope(), month, str(data.get("title", "")), str(data.get("note", "")), due_on)
    return go(here(f"/tasks?period={month.key}"))


@action("/tasks/{task_id:int}/tick", of=(FIRM, CLIENT), permission="collab.tick")
async def tick_task(task_id: int, data: Form) -> Redirect:
    """Mark as done (``done=1``) or open again."""
    await services.tick(task_id, done=data.get("done") == "1")
    return go(here("/tasks"))


PAGES = [tasks_page, assign_task, tick_task]
