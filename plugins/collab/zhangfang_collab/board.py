"""The firm's board: what is late, what is due in three days, who has the turn; of one owner, of one client; and the last safe day."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from zhangfang_collab.listing import ShownTask, names, shown
from zhangfang_collab.owners import MAY
from zhangfang_collab.tables import Task
from zhangfang_sdk import use
from zhangfang_sdk.calendar import Calendar
from zhangfang_sdk.contacts import Colleague, Contacts
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.periods import today
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.texts import translatable
from zhangfang_sdk.waiting import SOON_DAYS

PAGE = 30
MOST_COUNTED = 300
FILTERS: Mapping[str, str] = translatable({"late": "已逾期", "soon": "3 天内到期", "firm": "等我们", "client": "等客户", "": "全部未完成"})
USUAL_DAYS = 3
"""What a client takes of whom too little is known."""
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the board is shown. ``show`` is a key of FILTERS, None for the first that has something; ``page`` counts from 1, and one that is not
    there is the last; ``accountant`` and ``person`` are who has the tasks at the firm and at the client, ``client`` whose they are; None for all."""

    show: str | None = None
    accountant: int | None = None
    client: int | None = None
    person: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Board:
    """``chosen`` is what is shown indeed. ``counts`` by the keys of FILTERS; ``safe`` the last day to ask the client again, by the task's id; ``owners``
    names of those who have them."""

    chosen: Chosen
    counts: Mapping[str, int]
    tasks: Sequence[ShownTask]
    pages: int
    colleagues: Sequence[Colleague] = ()
    safe: Mapping[int, dt.date] = field(default_factory=dict)
    owners: Mapping[int, str] = field(default_factory=dict)


async def board(chosen: Chosen) -> Board:
    """Open tasks of the clients in scope; needs ``collab.assign``."""
    require("collab.assign")
    colleagues = await use(Contacts).of_firm(may=MAY)
    counts = await _counts(chosen)
    show = next((key for key in FILTERS if key == chosen.show), None)
    if show is None:
        show = next((key for key, count in counts.items() if count), "")
    pages = -(-counts[show] // PAGE)
    chosen = replace(chosen, show=show, page=max(1, min(chosen.page, pages)))
    query = Task.objects().where(Task.done_at.is_null()).order_by(Task.due_on, Task.id).limit(PAGE).offset((chosen.page - 1) * PAGE)
    for column, value in ((Task.client, chosen.client), (Task.owner_firm, chosen.accountant), (Task.owner_client, chosen.person)):
        if value is not None:
            query = query.where(column == value)
    for condition in _conditions(show):
        query = query.where(condition)
    tasks = [shown(row) for row in await query]
    safe = await last_safe_days(tasks)
    people = {person for task in tasks for person in task.owners.values()} | ({chosen.person} if chosen.person else set())
    return Board(chosen, counts, tasks, pages, colleagues, safe, await names(sorted(people)))


def _conditions(show: str) -> Sequence[Any]:
    day = today()
    return {
        "late": [Task.due_on < day],
        "soon": [Task.due_on >= day, Task.due_on <= day + dt.timedelta(days=SOON_DAYS)],
        "firm": [Task.turn == Side.FIRM.value],
        "client": [Task.turn == Side.CLIENT.value],
    }.get(show, [])


async def _counts(chosen: Chosen) -> Mapping[str, int]:
    """Of each filter, at most MOST_COUNTED: counting the tens of thousands of a large firm would take longer than the page."""
    allowed, day = scope().clients, today()
    conditions = {
        "late": f"due_on < '{day}'",
        "soon": f"due_on between '{day}' and '{day + dt.timedelta(days=SOON_DAYS)}'",
        "firm": "turn = 'firm'",
        "client": "turn = 'client'",
        "": "true",
    }
    # Whose rows they are: the firm's, and of these clients and people where they are not all.
    of, values = ["firm = {}"], list[object]([firm_in_scope()])
    if chosen.client is not None or allowed is not None:
        clients = sorted(allowed or ()) if chosen.client is None else [chosen.client] if scope().sees(chosen.client) else []
        of.append("client = any({}::bigint[])")
        values.append(clients)
    for column, person in (("owner_firm", chosen.accountant), ("owner_client", chosen.person)):
        if person is not None:
            of.append(f"{column} = {{}}")
            values.append(person)
    parts = [
        f"(select count(*) from (select 1 from collab_task where {' and '.join(of)} and done_at is null and {which} limit {MOST_COUNTED}) t{n}) as c{n}"  # noqa: S608  # our own words
        for n, which in enumerate(conditions.values())
    ]
    (row,) = await Task.raw(f"select {', '.join(parts)}", *values * len(parts))
    return {key: row[f"c{n}"] for n, key in enumerate(conditions)}


async def last_safe_days(tasks: Sequence[ShownTask]) -> Mapping[int, dt.date]:
    """For tasks that wait for a client: the due day less what four of five of this client's steps took, one day at least; where that is a day off, on
    which nobody asks and nothing is sent, the working day before."""
    asked = [task for task in tasks if task.turn is Side.CLIENT]
    rows = await Task.raw(
        """select client, count(*) as known, percentile_disc(0.8) within group (order by took) as days from collab_task
        where firm = {} and client = any({}::bigint[]) and took is not null group by client""",
        firm_in_scope(),
        sorted({task.client for task in asked}),
    ) if asked else []  # fmt: skip
    days = {row["client"]: max(1, row["days"]) for row in rows if row["known"] >= FEWEST}
    last = {task.id: task.due_on - dt.timedelta(days=days.get(task.client, USUAL_DAYS)) for task in asked}
    working = {day: await _working_day_until(day) for day in set(last.values())}
    return {id_: working[day] for id_, day in last.items()}


async def _working_day_until(day: dt.date) -> dt.date:
    calendar = use(Calendar)
    return day if await calendar.is_working_day(day) else await calendar.plus_working_days(day, -1)
