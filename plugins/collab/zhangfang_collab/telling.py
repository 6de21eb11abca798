"""A notice about a task, to whoever has it on a side."""

from collections.abc import Mapping

from zhangfang_collab.tables import Task
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.tasks import Side


async def values_of(task: Task) -> Mapping[str, str]:
    """What every kind of ``notice_kinds.py`` may say of a task."""
    return {
        "title": task.title,
        "note": task.note,
        "due": f"{task.due_on.month}月{task.due_on.day}日",
        "client": (await use(Clients).client(task.client)).name,
        "effect": "再晚会影响申报。" if task.feeds else "",
    }


def notice(task: Task, kind: str, key: str, values: Mapping[str, str], people: frozenset[int] | None) -> Notice:
    """``people`` None are all whom the kind allows."""
    return Notice(task.client, f"collab.{kind}", key, f"/tasks/{task.id}", values, people)


def owner_of(task: Task, side: Side) -> frozenset[int] | None:
    """Whoever has it on that side, None where it is everybody's."""
    person = task.owner_client if side is Side.CLIENT else task.owner_firm
    return None if person is None else frozenset({int(person)})


async def tell(task: Task, side: Side, kind: str, key: str, **values: str) -> None:
    """Once for each ``key``: whoever has it on that side, or all there where that one cannot be told."""
    said = {**await values_of(task), **values}
    whom = owner_of(task, side)
    if not await use(Notices).send(notice(task, kind, key, said, whom)) and whom is not None:
        await use(Notices).send(notice(task, kind, key, said, None))
