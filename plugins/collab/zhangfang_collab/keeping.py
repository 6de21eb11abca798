"""One task at a time: locked, changed, kept with its trail, told to open screens. Whatever changes a client's tasks waits for its lock.

The lock is the client's and not the row's, so that what arrives and what is made at the same moment see each other.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhangfang_collab import steps as states
from zhangfang_collab.search_source import KIND
from zhangfang_collab.tables import Entry, Task
from zhangfang_sdk import use
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.live import Live
from zhangfang_sdk.notices import Notices
from zhangfang_sdk.periods import today
from zhangfang_sdk.search import Search
from zhangfang_sdk.tasks import AskedFor, Side
from zhangfang_sdk.texts import translatable

TOPIC = "collab"
REMINDS, NUDGES = "collab.remind", "collab.nudge"
"""How the keys of notices begin that call upon whose turn it is, before the task's id."""
TRAIL: Mapping[str, str] = translatable({
    "made": "建立",
    "ticked": "完成",
    "opened": "撤回",
    "arrived": "自动完成",
    "part": "收到一部分",
    "undone": "自动恢复",
    "comment": "留言",
    "file": "上传文件",
    "answered": "回答",
    "reminded": "提醒",
    "owner": "负责人",
    "moved": "到期日随办税日历变动",
})
"""Kinds of a task's trail, as people read them."""


async def lock(clients: Iterable[int]) -> None:
    """Wait until nobody else changes tasks of these clients; held until the transaction ends. Taken in order, so that nobody waits in a ring."""
    keys = [f"collab:{firm_in_scope()}:{client}" for client in sorted(set(clients))]
    await Task.raw(
        "select pg_advisory_xact_lock(hashtextextended(k, 0)) from unnest({}::text[]) with ordinality as u(k, n) order by n", keys
    )


async def for_change(task_id: int) -> Task:
    """The task, locked. Raises Refusal ``common.not_found``."""
    known = await Task.select(Task.client).where(Task.id == task_id).first()
    if known is None:
        raise not_found("待办事项")
    await lock([known["client"]])
    task = await Task.objects().where(Task.id == task_id).first()
    if task is None:
        raise not_found("待办事项")
    return task


@dataclass(frozen=True, slots=True)
class Happened:
    """What is written on the trail: a key of TRAIL, and words."""

    kind: str
    words: str = ""
    document: int | None = None


async def keep(task: Task, changed: states.Steps, happened: Happened, *, result: str = "", reopened: str = "") -> None:
    """The task with these steps; ``result`` is how it ended, if it does, ``reopened`` why it is open again."""
    before, turn = task.turn, states.turn(changed)
    task.steps = states.written(changed)
    task.turn = "" if turn is None else turn.value
    if turn is None and task.done_at is None:
        task.done_at, task.done_by, task.reopened = dt.datetime.now(dt.UTC), scope().user_name[:80], ""
        task.result = (result or happened.words)[:200]
        task.document = happened.document or task.document
    elif turn is not None:
        task.done_at, task.done_by, task.result = None, "", ""
        task.reopened = reopened[:200]
    if before == Side.CLIENT and task.turn != before:
        task.took = (today() - task.asked_on).days
    if task.turn != before:
        task.asked_on, task.reminded = today(), None
        if await Entry.exists().where(Entry.task == task.id, Entry.kind == "reminded"):
            for about in (REMINDS, NUDGES):
                await use(Notices).withdraw(task.client, f"{about}:{task.id}:")
    await task.save()
    if turn is None and before:
        use(Facts).tell("tasks_done", [int(task.id)])
    await write(task, happened)


async def write(task: Task, happened: Happened) -> int:
    """A line on the trail; open screens and the search index hear of it. The line's id."""
    by, at = scope().user_name[:80], dt.datetime.now(dt.UTC)
    entry = Entry(
        client=task.client, task=task.id, kind=happened.kind, words=happened.words[:1000], document=happened.document, by=by,
        by_firm=scope().staff, at=at,
    )  # fmt: skip
    await entry.save()
    use(Search).changed(KIND, [int(task.id)])
    await use(Live).announce(TOPIC, task.client)
    return int(entry.id)


async def is_filed(task: Task) -> bool:
    """Whether the return that stands on this task was filed: the next one of its kind, for a quarter's stands on three months."""
    if not task.feeds:
        return False
    found = (
        await Task.objects()
        .where(Task.client == task.client)
        .where(Task.template == task.feeds)
        .where(Task.period >= task.period)
        .order_by(Task.period)
        .first()
    )
    if found is None:
        return False
    filed = any(s.done_at is not None for s in states.read(found.steps) if s.asks.startswith(f"{AskedFor.RETURN_FILED}:"))
    return filed or found.done_at is not None


async def takes_files(task: Task) -> bool:
    """Whether a file may be handed in: while it is open, and when what its client was asked for arrived by itself, until the return that stands on
    it is filed: a client has several accounts, each with a statement."""
    if task.done_at is None:
        return True
    closed_itself = any(step.arrived and step.side is Side.CLIENT for step in states.read(task.steps))
    return closed_itself and not await is_filed(task)


def refuse_when_done(task: Task) -> None:
    """Raises Refusal ``collab.locked`` (409)."""
    if task.done_at is not None:
        raise Refusal("collab.locked", "这件事已经完成,不能再改。确实要改的,请先撤回完成。", status=409)
