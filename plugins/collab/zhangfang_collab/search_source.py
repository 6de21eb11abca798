"""Tasks, as they are found."""

from collections.abc import Sequence

from zhangfang_collab.tables import Task
from zhangfang_sdk.search import SearchEntry, SearchSource

KIND = "collab.tasks"


async def write(ids: Sequence[int]) -> Sequence[SearchEntry]:
    return [
        SearchEntry(
            id=int(task.id),
            client=int(task.client),
            title=task.title,
            text=" ".join(filter(None, (task.note, task.party, str(task.due_on), task.done_by))),
            path=f"/tasks/{task.id}",
            day=task.due_on,
        )
        for task in await Task.objects().where(Task.id.is_in(list(ids)))
    ]


async def ids(after: int, limit: int) -> Sequence[int]:
    return [row["id"] for row in await Task.select(Task.id).where(Task.id > after).order_by(Task.id).limit(limit)]


TASKS = SearchSource("tasks", "待办事项", "collab.read", write, ids)
