"""Tasks in 等您处理: those whose turn is the side of whoever looks."""

from collections.abc import Sequence

from zhangfang_collab.listing import BUTTONS, ShownTask, shown
from zhangfang_collab.redone import LOOK, REDONE, redone
from zhangfang_collab.tables import Task
from zhangfang_sdk.context import scope
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use
from zhangfang_sdk.tasks import AskedFor, Side
from zhangfang_sdk.texts import Texts, translatable
from zhangfang_sdk.waiting import Urgency, WaitingItem, about

TO_DO, RETURNED = translatable("去处理"), translatable("已退回")


async def waiting(limit: int) -> Sequence[WaitingItem]:
    """Of the client that is open, or of all in scope; of whatever month. Late ones first."""
    turn = (Side.FIRM if scope().staff else Side.CLIENT).value
    query = (
        Task.objects()
        .where(Task.done_at.is_null())
        .where(Task.turn == turn)
        .order_by(Task.due_on, Task.id)
        .limit(limit)
    )
    client = scope().client
    said = use(Texts).said
    tasks = [shown(row) for row in await (query if client is None else query.where(Task.client == client))]
    anew = await redone(tasks)
    return [
        WaitingItem(
            client=task.client,
            title=task.title,
            button=said(LOOK if task.id in anew else TO_DO if task.current is None else BUTTONS.get(task.current.asks, TO_DO)),
            path=f"/tasks/{task.id}",
            urgency=Urgency.of(task.due_on, today()),
            from_whom=said(task.party),
            note=said(REDONE) if task.id in anew else f"{said(RETURNED)}:{task.reopened}" if task.reopened else task.reach or said(task.note),
            until=task.due_on,
            about=_about(task),
        )
        for task in tasks
    ]


OF_THE_TASK = frozenset({AskedFor.DONE, AskedFor.DOCUMENT, AskedFor.ANSWER})
"""What arrives on the task itself, and nowhere else."""


def _about(task: ShownTask) -> str:
    asks = "" if task.current is None else task.current.asks
    if not asks or asks in OF_THE_TASK or not task.covers % 100:
        return ""
    return about(asks, Period.from_number(task.covers))
