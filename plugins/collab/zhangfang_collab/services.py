"""Tasks: made by the firm, ticked by either side, seen at once by both."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_collab.search_source import KIND
from zhangfang_collab.tables import Task
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.search import Search
from zhangfang_sdk.waiting import Urgency, WaitingItem

TOPIC = "collab"
MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task as a page shows it. ``urgency`` is None when it is done."""

    id: int
    client: int
    title: str
    note: str
    due_on: dt.date
    done_by: str
    urgency: Urgency | None


async def assign(client: int, period: Period, title: str, note: str, due_on: dt.date) -> int:
    """Make a task; needs ``collab.assign``. Raises Refusal ``collab.title_missing``."""
    require("collab.assign")
    words = title.strip()
    if not words or len(words) > 120:
        raise Refusal("collab.title_missing", "请写明要做什么(120 字以内)。", field="title")
    task = Task(client=client, period=period.number, title=words, note=note.strip()[:400], due_on=due_on)
    await task.save()
    await use(Audit).record("collab.assign", f"collab_task:{task.id}", client=client, after={"title": words})
    use(Search).changed(KIND, [int(task.id)])
    await use(Live).announce(TOPIC, client)
    return int(task.id)


async def tick(task_id: int, *, done: bool) -> None:
    """Mark a task as done, or open again; needs ``collab.tick``. Ticking twice changes nothing."""
    require("collab.tick")
    task = await Task.objects().where(Task.id == task_id).first().lock_rows("UPDATE")
    if task is None:
        raise not_found("待办事项")
    if (task.done_at is not None) == done:
        return
    values = {Task.done_at: dt.datetime.now(dt.UTC) if done else None, Task.done_by: scope().user_name if done else ""}
    await Task.update(values).where(Task.id == task_id)
    await use(Audit).record("collab.tick" if done else "collab.untick", f"collab_task:{task_id}", client=task.client)
    use(Search).changed(KIND, [task_id])
    await use(Live).announce(TOPIC, task.client)


async def tasks(client: int | None, period: Period) -> Sequence[ShownTask]:
    """Those of a month: open ones first, by due date. With None as client, of all that the actor sees (the first 500)."""
    query = Task.objects().where(Task.period == period.number).order_by(Task.due_on, Task.id)
    rows = await (query.limit(MOST_SHOWN) if client is None else query.where(Task.client == client))
    return sorted((_shown(row) for row in rows), key=lambda t: (t.urgency is None, t.due_on, t.id))


FILTERS = {"": "全部", "late": "已逾期", "open": "未完成", "done": "已完成"}


def chosen(tasks: Sequence[ShownTask], show: str) -> Sequence[ShownTask]:
    """Those of a filter, a key of FILTERS."""
    fits = {
        "late": lambda t: t.urgency is Urgency.LATE,
        "open": lambda t: t.urgency is not None,
        "done": lambda t: t.urgency is None,
    }
    return [task for task in tasks if show not in fits or fits[show](task)]


async def waiting(limit: int) -> Sequence[WaitingItem]:
    """Open tasks of the client that is open, or of all in scope; of whatever month."""
    columns = (Task.client, Task.period, Task.title, Task.note, Task.due_on)
    query = Task.select(*columns).where(Task.done_at.is_null()).order_by(Task.due_on, Task.id).limit(limit)
    client, day = scope().client, today()
    return [
        WaitingItem(
            client=row["client"],
            title=row["title"],
            button="去处理",
            path=f"/tasks?period={Period.from_number(row['period']).key}",
            urgency=Urgency.of(row["due_on"], day),
            note=row["note"],
            until=row["due_on"],
        )
        for row in await (query if client is None else query.where(Task.client == client))
    ]


DEMO = (
    ("提供本月银行对账单", "网银下载后发给会计即可", 0),
    ("确认本月工资表", "人数或金额有变动请注明", 2),
    ("补齐运费发票", "上月冷链运费还差 2 张", 5),
)


async def assign_demo_tasks(client: int) -> None:
    """What the demo's client has to do this month; nothing when it has tasks already."""
    if await Task.exists().where(Task.client == client):
        return
    for title, note, days in DEMO:
        due_on = today() + dt.timedelta(days=days)
        await assign(client, Period.current(), title, note, due_on)


def _shown(row: Task) -> ShownTask:
    urgency = None if row.done_at is not None else Urgency.of(row.due_on, today())
    return ShownTask(int(row.id), int(row.client), row.title, row.note, row.due_on, row.done_by, urgency)
