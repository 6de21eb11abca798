"""Reminders as the day comes near, in the tones of ``reminder_levels.py``; a second person is told when nothing happens; each level is sent once."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_collab.keeping import NUDGES, REMINDS, Happened, write
from zhangfang_collab.notice_kinds import TO_SECOND, TOLD
from zhangfang_collab.owners import People, people_of
from zhangfang_collab.reminder_levels import Duty, Levels, levels
from zhangfang_collab.tables import Entry, Task
from zhangfang_collab.telling import notice, owner_of, values_of
from zhangfang_sdk import use
from zhangfang_sdk.context import require, transaction
from zhangfang_sdk.notices import Notices
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, today
from zhangfang_sdk.tasks import Side

AT_ONCE = 100
NOBODY, WAITS_FOR_OFFICE = "还没有人负责", "等税务局"


@dataclass(frozen=True, slots=True)
class Seconds:
    """Who may be told of a task that somebody else has: ``people`` may do it, ``told`` hold ``collab.escalated``."""

    people: People
    told: People

    def beside(self, task: Task) -> frozenset[int]:
        """On the side whose turn it is all but whom it was given to; at the firm those alone who see every client, where there are such."""
        if task.turn == Side.CLIENT:
            return frozenset(self.told.of(task.client, Side.CLIENT)) - {task.owner_client}
        everywhere = frozenset(colleague.person for colleague in self.told.staff if colleague.clients is None)
        seen = frozenset(self.told.of(task.client, Side.FIRM))
        others = (seen & everywhere or seen) - {task.owner_firm}
        return others or seen


async def seconds_of(clients: Iterable[int]) -> Seconds:
    """Of these clients, asked for once."""
    wanted = sorted(set(clients))
    return Seconds(await people_of(wanted), await people_of(wanted, may=TO_SECOND))


def level(due_on: dt.date, day: dt.date, levels: Sequence[int]) -> int | None:
    """The highest one that has come, None before the first. Those that were missed are not made up for: once the due day is over, what was to be
    said before it is not true any more."""
    highest = max((n for n in levels if due_on + dt.timedelta(days=n) <= day), default=None)
    return None if highest is not None and highest <= 0 and day > due_on else highest


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is to be sent."""

    task: int
    client: int
    level: int


async def remind_everybody() -> None:
    """``collab.remind``: every morning; run a thousand times, it sends each level once."""
    async with transaction():
        known = await levels()
        found = await due_reminders(today(), known)
    for start in range(0, len(found), AT_ONCE):
        async with transaction():
            batch = found[start : start + AT_ONCE]
            second = await seconds_of({due.client for due in batch})
            for due in batch:
                await _remind(due, known, second)


async def due_reminders(day: dt.date, known: Mapping[Duty, Levels]) -> Sequence[Due]:
    """What is to be sent on a day, and was not yet."""
    first = min((n for of_duty in known.values() for n in of_duty), default=None)
    if first is None:
        return []
    columns = (Task.id, Task.client, Task.due_on, Task.reminded, Task.covers, Task.turn)
    last = day - dt.timedelta(days=first)
    rows = await Task.select(*columns).where(Task.done_at.is_null()).where(Task.due_on <= last).order_by(Task.client, Task.id)
    found = []
    for row in rows:
        if _still_runs(row["covers"], day):
            continue
        reached = level(row["due_on"], day, list(known[_duty(row["covers"], row["turn"])]))
        if reached is not None and (row["reminded"] is None or row["reminded"] < reached):
            found.append(Due(row["id"], row["client"], reached))
    return found


def _duty(covers: int, turn: str) -> Duty:
    return Duty.YEARLY if covers % 100 == 0 and turn == Side.CLIENT else Duty.MONTHLY


def _still_runs(covers: int, day: dt.date) -> bool:
    """Of a year's duty: nobody can say yet what the year has brought."""
    return covers % 100 == 0 and day.year <= covers // 100


async def _remind(due: Due, known: Mapping[Duty, Levels], second: Seconds) -> None:
    """The row is claimed first: of two nodes one sends."""
    claimed = await Task.raw(
        "update collab_task set reminded = {} where id = {} and done_at is null and (reminded is null or reminded < {}) returning id",
        due.level,
        due.task,
        due.level,
    )
    task = await Task.objects().where(Task.id == due.task).first() if claimed else None
    if task is None:
        return
    kind = known[_duty(task.covers, task.turn)].get(due.level, "")
    if not kind:
        return
    # A step that comes back, and a due day that moves, are other reasons to tell: both days are in the key.
    key = f"{REMINDS}:{task.id}:{task.asked_on}:{task.due_on}:{due.level}"
    if kind == "escalated":
        await _escalate(task, key, second)
    else:
        await _send(task, kind if task.turn == Side.CLIENT else f"firm_{kind}", key)


async def nudge(tasks: Sequence[int]) -> int:
    """Somebody of the firm reminds the clients of these tasks, once a day each; needs ``collab.assign``. How many were told."""
    require("collab.assign")
    told = 0
    for task in await Task.objects().where(Task.id.is_in(list(tasks))).order_by(Task.client, Task.id):
        if task.done_at is None and task.turn == Side.CLIENT:
            told += await _send(task, "nudged", f"{NUDGES}:{task.id}:{today()}")
    return told


async def _escalate(task: Task, key: str, second: Seconds) -> None:
    """Nothing has happened for days: somebody else is told of it, and at the firm whoever looks after the client that is late."""
    side = Side.CLIENT if task.turn == Side.CLIENT else Side.FIRM
    owner = task.owner_client if side is Side.CLIENT else task.owner_firm
    name = second.people.of(task.client, side).get(int(owner)) if owner is not None else None
    who = NOBODY if name is None else f"由{name}负责"
    values = {**await values_of(task), "who": who if task.turn in (Side.CLIENT, Side.FIRM) else f"{WAITS_FOR_OFFICE},{who}"}
    others = second.beside(task)
    sent = bool(others) and await use(Notices).send(notice(task, "escalated", key, values, others))
    if side is Side.CLIENT:
        firm = owner_of(task, Side.FIRM)
        told = await use(Notices).send(notice(task, "client_late", key, values, firm))
        if not told and not sent and firm is not None:
            told = await use(Notices).send(notice(task, "client_late", key, values, None))
        sent = sent or told
    if sent:
        await write(task, Happened("reminded", TOLD["escalated"]))


async def _send(task: Task, kind: str, key: str) -> bool:
    whom, values = owner_of(task, Side.CLIENT if task.turn == Side.CLIENT else Side.FIRM), await values_of(task)
    sent = await use(Notices).send(notice(task, kind, key, values, whom))
    if not sent and whom is not None and not await _told_today(task):
        # An owner who has left, or whose role is told nothing, has it no more: it is everybody's.
        sent = await use(Notices).send(notice(task, kind, key, values, None))
    if sent:
        await write(task, Happened("reminded", TOLD[kind]))
    return sent


async def _told_today(task: Task) -> bool:
    since = dt.datetime.combine(today(), dt.time(), BUSINESS_TIME_ZONE)
    told: bool = await Entry.exists().where((Entry.task == task.id) & (Entry.kind == "reminded") & (Entry.at >= since))
    return told
