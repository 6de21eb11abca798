"""Reminders as the day comes near, in the tones of ``reminder_levels.py``; a second person is told when nothing happens; each level is sent once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from zhangfang_collab.keeping import NUDGES, REMINDS, Happened, write
from zhangfang_collab.notice_kinds import NOTICE_KINDS
from zhangfang_collab.reminder_levels import Duty, Levels, levels
from zhangfang_collab.tables import Entry, Task
from zhangfang_collab.templates import SIDE_TITLES
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, transaction
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, today
from zhangfang_sdk.tasks import Side

AT_ONCE = 100


def level(due_on: dt.date, day: dt.date, levels: Sequence[int]) -> int | None:
    """The highest one that has come, None before the first. Those that were missed are not made up for: once the due day is over, what was to be
    said before it is not true any more."""
    highest = max((n for n in levels if due_on + dt.timedelta(days=n) <= day), default=None)
    return None if highest is not None and highest <= 0 and day > due_on else highest


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is to be sent."""

    task: int
    level: int


async def remind_everybody() -> None:
    """``collab.remind``: every morning; run a thousand times, it sends each level once."""
    async with transaction():
        known = await levels()
        found = await due_reminders(today(), known)
    for start in range(0, len(found), AT_ONCE):
        async with transaction():
            for due in found[start : start + AT_ONCE]:
                await _remind(due, known)


async def due_reminders(day: dt.date, known: Mapping[Duty, Levels]) -> Sequence[Due]:
    """What is to be sent on a day, and was not yet."""
    first = min((n for of_duty in known.values() for n in of_duty), default=None)
    if first is None:
        return []
    columns = (Task.id, Task.due_on, Task.reminded, Task.covers, Task.turn)
    last = day - dt.timedelta(days=first)
    rows = await Task.select(*columns).where(Task.done_at.is_null()).where(Task.due_on <= last).order_by(Task.client, Task.id)
    found = []
    for row in rows:
        reached = level(row["due_on"], day, list(known[_duty(row["covers"], row["turn"])]))
        if reached is not None and (row["reminded"] is None or row["reminded"] < reached):
            found.append(Due(row["id"], reached))
    return found


def _duty(covers: int, turn: str) -> Duty:
    return Duty.YEARLY if covers % 100 == 0 and turn == Side.CLIENT else Duty.MONTHLY


async def _remind(due: Due, known: Mapping[Duty, Levels]) -> None:
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
    if kind != "escalated" and task.turn != Side.CLIENT:
        kind = f"firm_{kind}"
    # A step that comes back, and a due day that moves, are other reasons to tell: both days are in the key.
    await _send(task, kind, f"{REMINDS}:{task.id}:{task.asked_on}:{task.due_on}:{due.level}")


async def nudge(tasks: Sequence[int]) -> int:
    """Somebody of the firm reminds the clients of these tasks, once a day each; needs ``collab.assign``. How many were told."""
    require("collab.assign")
    told = 0
    for task in await Task.objects().where(Task.id.is_in(list(tasks))).order_by(Task.client, Task.id):
        if task.done_at is None and task.turn == Side.CLIENT:
            told += await _send(task, "nudged", f"{NUDGES}:{task.id}:{today()}")
    return told


async def _send(task: Task, kind: str, key: str) -> bool:
    values = {
        "title": task.title,
        "note": task.note,
        "due": f"{task.due_on.month}月{task.due_on.day}日",
        "turn": SIDE_TITLES[Side(task.turn)],
        "client": (await use(Clients).client(task.client)).name,
    }
    owner = task.owner_client if task.turn == Side.CLIENT else task.owner_firm
    people = None if owner is None or kind == "escalated" else frozenset({int(owner)})
    notice = Notice(task.client, f"collab.{kind}", key, f"/tasks/{task.id}", values, people)
    sent = await use(Notices).send(notice)
    if not sent and people is not None and not await _told_today(task):
        # An owner who has left, or whose role is told nothing, has it no more: it is everybody's.
        sent = await use(Notices).send(replace(notice, people=None))
    if sent:
        await write(task, Happened("reminded", _title(kind)))
    return sent


async def _told_today(task: Task) -> bool:
    since = dt.datetime.combine(today(), dt.time(), BUSINESS_TIME_ZONE)
    told: bool = await Entry.exists().where((Entry.task == task.id) & (Entry.kind == "reminded") & (Entry.at >= since))
    return told


def _title(kind: str) -> str:
    return next(known.title for known in NOTICE_KINDS if known.key == kind)
