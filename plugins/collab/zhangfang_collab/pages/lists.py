"""The month's list: of a client, or at the firm of all clients; a task made by hand; the list made."""

from collections.abc import Mapping

from litestar.response import Redirect

from zhangfang_collab import listing, making, ticking
from zhangfang_collab.pages.forms import Form, day, text
from zhangfang_collab.redone import redone
from zhangfang_collab.templates import ASKED_TITLES, SIDE_TITLES
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.tasks import AskedFor, Side
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

BY_HAND = (AskedFor.DONE, AskedFor.DOCUMENT, AskedFor.ANSWER)
"""What a task made by hand may ask for."""


@page("/tasks", of=(FIRM, CLIENT), permission="collab.read")
async def tasks_page(period: str | None = None, show: str = "") -> Page:
    """Tasks due in a month ("2026-11"; the current one by default): the client's, or at the firm those of all clients."""
    return await _page(Period.parse(period) if period else Period.current(), show, {})


async def _page(month: Period, show: str, typed: Mapping[str, str], refusal: Refusal | None = None) -> Page:
    """``typed`` is what stands in the form for a new task, by field; ``refusal`` says why it was not made."""
    client = scope().client
    tasks = await listing.of_month(client, month, show)
    return Page(
        "collab/tasks.html",
        title="待办事项",
        active="desk-tasks" if scope().staff else "tasks",
        status_code=200 if refusal is None else 422,
        typed=typed,
        errors={} if refusal is None else {refusal.field or "": refusal.sentence},
        tasks=tasks,
        show=show if show in listing.FILTERS else "",
        filters=list(listing.FILTERS.items()),
        names=await listing.client_names([t.client for t in tasks]) if client is None else {},
        period=month,
        months=[near if near.is_shown else None for near in (month.plus(-1), month.plus(1))],
        sides=[(side.value, SIDE_TITLES[side]) for side in (Side.CLIENT, Side.FIRM)],
        asked=[(kind.value, ASKED_TITLES[kind]) for kind in BY_HAND],
        buttons=listing.BUTTONS,
        redone=await redone(tasks),
        most=listing.MOST_SHOWN,
        may_be_made=making.may_be_made(month),
        today=today(),
    )


@action("/tasks", of=CLIENT, permission="collab.assign")
async def assign_task(data: Form) -> Redirect | Page:
    """Make a task for the open client. What is refused stands in the form again."""
    try:
        month = await _assigned(data)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        typed = {name: text(data, name)[:400] for name in ("title", "note", "due_on", "side", "asks")}
        return await _page(Period.current(), "", typed, refusal)
    return go(here(f"/tasks?period={month.key}"))


async def _assigned(data: Form) -> Period:
    """The month on whose list the new task is."""
    due_on = day(data, "due_on")
    side, asks = text(data, "side") or Side.CLIENT, text(data, "asks") or AskedFor.DONE
    if side not in (Side.CLIENT, Side.FIRM) or asks not in BY_HAND:
        raise Refusal("collab.template_wrong", "请从给出的选项里选择。", field="asks")
    month = Period.of(due_on)
    await ticking.assign(
        client_in_scope(), month, text(data, "title"), text(data, "note"), due_on, side=Side(side), asks=asks
    )
    return month


@action("/tasks/month", of=(FIRM, CLIENT), permission="collab.assign")
async def make_month(data: Form) -> Redirect:
    """Make the list of a month: the open client's at once, the firm's by a job."""
    month = Period.parse(text(data, "period"))
    making.refuse_far(month)
    client = scope().client
    if client is None:
        await use(Audit).record("collab.month", f"month:{month.key}")
        await use(Jobs).defer("collab.month", once=f"collab:{scope().firm}:{month.key}", period=month.key)
    else:
        await making.make([await use(Clients).client(client)], month)
    return go(here(f"/tasks?period={month.key}"))


PAGES = [tasks_page, assign_task, make_month]
