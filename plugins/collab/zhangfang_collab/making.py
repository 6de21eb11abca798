"""Making a month's list: for each client what its templates ask for. Made twice, it makes none twice, on however many nodes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_collab import arrivals
from zhangfang_collab.due_dates import MonthsCalendar
from zhangfang_collab.keeping import TOPIC, lock
from zhangfang_collab.search_source import KIND
from zhangfang_collab.steps import turn, written
from zhangfang_collab.tables import Task
from zhangfang_collab.templates import TaskTemplate, templates
from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients, TaxpayerKind
from zhangfang_sdk.context import firm_in_scope, require, transaction
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.profile import Profile
from zhangfang_sdk.search import Search

AT_ONCE = 200
"""Clients of one transaction."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task that a client should have."""

    key: str
    client: int
    template: TaskTemplate
    period: Period
    due: dt.date


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


async def make(clients: Sequence[Client], period: Period, *, only: str = "") -> Sequence[int]:
    """For these clients, in the caller's transaction; needs ``collab.assign``. Ids of those that are new. ``only`` names one template."""
    require("collab.assign")
    chosen = [template for template in await templates() if only in ("", template.key)]
    calendars = dict[tuple[TaxpayerKind, str], MonthsCalendar]()
    await lock(client.id for client in clients)
    profiles = await use(Clients).profiles([client.id for client in clients], period.first_day)
    wanted = [
        w
        for client, profile in zip(clients, profiles, strict=True)
        for w in await _wanted(client, profile, chosen, period, calendars)
    ]
    known = await _known([client.id for client in clients], period)
    made = await _insert([w for w in wanted if w.key not in known])
    if made:
        await arrivals.close_what_is_there(made)
        use(Search).changed(KIND, made)
        for client_id in {w.client for w in wanted if w.key not in known}:
            await use(Live).announce(TOPIC, client_id)
    return list(made)


async def _wanted(
    client: Client,
    profile: Profile,
    chosen: Sequence[TaskTemplate],
    period: Period,
    calendars: dict[tuple[TaxpayerKind, str], MonthsCalendar],
) -> Sequence[Wanted]:
    payer = profile.taxpayer_kind.value if profile.taxpayer_kind else client.taxpayer_kind
    package = profile.service_package.value if profile.service_package else ""
    area = profile.registered_address.value.area if profile.registered_address else ""
    calendar = calendars.setdefault((payer, area), MonthsCalendar(period, payer, area))
    found = []
    for template in chosen:
        covers = template.covers(period)
        if not template.fits(payer, package, period) or (
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
    created_at, asked_on, done_by, result, reopened)
    select {}, w.client, w.key, w.template, w.period, w.covers, w.title, w.note, w.due_on, w.party, w.steps::jsonb, w.turn, w.feeds, w.link,
    now(), {}, '', '', ''
    from unnest({}::bigint[], {}::text[], {}::text[], {}::int[], {}::int[], {}::text[], {}::text[], {}::date[], {}::text[], {}::text[], {}::text[],
    {}::text[], {}::text[]) as w(client, key, template, period, covers, title, note, due_on, party, steps, turn, feeds, link)
    on conflict (firm, key) do nothing returning id, client"""


async def _insert(wanted: Sequence[Wanted]) -> Mapping[int, int]:
    """The clients of new tasks by the tasks' ids."""
    if not wanted:
        return {}
    rows = [
        (
            w.client, w.key, w.template.key, w.period.number, w.template.covers(w.period), w.template.title_in(w.period), w.template.note,
            w.due, w.template.party, written(w.template.steps), str(turn(tuple(w.template.steps)) or ""), w.template.feeds, w.template.link,
        )
        for w in wanted
    ]  # fmt: skip
    columns = [list(column) for column in zip(*rows, strict=True)]
    found = await Task.raw(_INSERT, firm_in_scope(), today(), *columns)
    return {row["id"]: row["client"] for row in found}
