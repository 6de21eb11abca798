"""Making a month's list: for each client what its templates ask for. Made twice, it makes none twice, on however many nodes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_collab import arrivals
from zhangfang_collab.keeping import TOPIC, lock
from zhangfang_collab.owners import People, people_of
from zhangfang_collab.payers import Calendars, payer_of
from zhangfang_collab.search_source import KIND
from zhangfang_collab.steps import turn, written
from zhangfang_collab.tables import Task
from zhangfang_collab.templates import TaskTemplate, templates
from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.context import firm_in_scope, require, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.profile import Profile
from zhangfang_sdk.search import Search
from zhangfang_sdk.tasks import Side

AT_ONCE = 200
"""Clients of one transaction."""
MONTHS_BACK, MONTHS_AHEAD = 12, 3
"""Of which months a person may ask for the list: what is older nobody does any more, what is later no calendar knows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task that a client should have."""

    key: str
    client: int
    template: TaskTemplate
    period: Period
    due: dt.date


def may_be_made(period: Period) -> bool:
    """Whether a person may ask for the list of that month."""
    return Period.current().plus(-MONTHS_BACK) <= period <= Period.current().plus(MONTHS_AHEAD)


def refuse_far(period: Period) -> None:
    """Raises Refusal ``collab.month_far``."""
    if not may_be_made(period):
        raise Refusal("collab.month_far", f"只能生成过去 {MONTHS_BACK} 个月到以后 {MONTHS_AHEAD} 个月的清单。", field="period")


async def make_everywhere(period: Period) -> int:
    """For every client of the firm, in transactions of its own; for jobs. How many tasks are new."""
    async with transaction():
        clients = list(await use(Clients).clients())
        await templates()
    made = 0
    for start in range(0, len(clients), AT_ONCE):
        async with transaction():
            made += len(await make(clients[start : start + AT_ONCE], period))
    return made


async def make_for_new_clients(since: dt.date) -> int:
    """For clients who have no list yet: what is due from that day on of its month's, and of the year's duties. How many tasks are new.

    Nothing in a firm that makes no lists.
    """
    month = Period.of(since)
    async with transaction():
        rows = await Task.raw("select distinct client from collab_task where firm = {} and template <> ''", firm_in_scope())
        known = {row["client"] for row in rows}
        new = [client for client in await use(Clients).clients() if client.id not in known] if known else []
        yearly = [template for template in await templates() if 0 < template.month < month.month]
    made = 0
    for start in range(0, len(new), AT_ONCE):
        batch = new[start : start + AT_ONCE]
        async with transaction():
            made += len(await make(batch, month, since=since))
            for template in yearly:
                made += len(await make(batch, Period(month.year, template.month), only=template.key, since=since))
    return made


async def make(clients: Sequence[Client], period: Period, *, only: str = "", since: dt.date | None = None) -> Sequence[int]:
    """For these clients, in the caller's transaction; needs ``collab.assign``. Ids of those that are new. ``only`` names one template; what was due
    before ``since`` is left out."""
    require("collab.assign")
    chosen = [template for template in await templates() if only in ("", template.key)]
    calendars = Calendars()
    await lock(client.id for client in clients)
    profiles = await use(Clients).profiles([client.id for client in clients], period.first_day)
    wanted = [
        w
        for client, profile in zip(clients, profiles, strict=True)
        for w in await _wanted(client, profile, chosen, period, calendars)
        if since is None or w.due >= since
    ]
    known = await _known([client.id for client in clients], period)
    new = [w for w in wanted if w.key not in known]
    made = await _insert(new, await people_of({w.client for w in new}))
    if made:
        await arrivals.close_what_is_there(made)
        use(Search).changed(KIND, made)
        for client_id in {w.client for w in new}:
            await use(Live).announce(TOPIC, client_id)
    return list(made)


async def _wanted(
    client: Client,
    profile: Profile,
    chosen: Sequence[TaskTemplate],
    period: Period,
    calendars: Calendars,
) -> Sequence[Wanted]:
    payer = payer_of(client, profile)
    calendar = calendars.of(period, payer)
    found = []
    for template in chosen:
        covers = template.covers(period)
        if not template.fits(payer.kind, payer.package, period) or (
            not template.month and covers < Period.of(client.books_start).number
        ):
            continue
        due = await calendar.due(template.due, yearly=bool(template.month))
        if due is not None:
            found.append(Wanted(f"collab:{client.id}:{template.key}:{covers}", client.id, template, period, due))
    return found


async def _known(clients: Sequence[int], period: Period) -> frozenset[str]:
    rows = await Task.raw(
        "select key from collab_task where firm = {} and client = any({}::bigint[]) and period = {}",
        firm_in_scope(),
        list(clients),
        period.number,
    )
    return frozenset(row["key"] for row in rows)


_INSERT = """insert into collab_task (firm, client, key, template, period, covers, title, note, due_on, party, steps, turn, feeds, link,
    due_rule, due_number, due_tax, owner_firm, owner_client, created_at, asked_on, done_by, result, reopened)
    select {}, w.client, w.key, w.template, w.period, w.covers, w.title, w.note, w.due_on, w.party, w.steps::jsonb, w.turn, w.feeds, w.link,
    w.due_rule, w.due_number, w.due_tax, w.owner_firm, w.owner_client, now(), {}, '', '', ''
    from unnest({}::bigint[], {}::text[], {}::text[], {}::int[], {}::int[], {}::text[], {}::text[], {}::date[], {}::text[], {}::text[], {}::text[],
    {}::text[], {}::text[], {}::text[], {}::smallint[], {}::text[], {}::bigint[], {}::bigint[])
    as w(client, key, template, period, covers, title, note, due_on, party, steps, turn, feeds, link, due_rule, due_number, due_tax,
    owner_firm, owner_client)
    on conflict (firm, key) do nothing returning id, client"""


async def _insert(wanted: Sequence[Wanted], people: People) -> Mapping[int, int]:
    """The clients of new tasks by the tasks' ids."""
    if not wanted:
        return {}
    rows = [
        (
            w.client, w.key, w.template.key, w.period.number, w.template.covers(w.period), w.template.title_in(w.period), w.template.note,
            w.due, w.template.party, written(w.template.steps), str(turn(tuple(w.template.steps)) or ""), w.template.feeds, w.template.link,
            w.template.due.rule.value, w.template.due.number, w.template.due.tax,
            people.usual(w.client, Side.FIRM), people.usual(w.client, Side.CLIENT, w.template.owner_role),
        )
        for w in wanted
    ]  # fmt: skip
    columns = [list(column) for column in zip(*rows, strict=True)]
    found = await Task.raw(_INSERT, firm_in_scope(), today(), *columns)
    return {row["id"]: row["client"] for row in found}
