"""The tasks that stand for an alert: the boss asked the accountant, the firm asked the client. They end when it does."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import use
from zhangfang_sdk.context import scope
from zhangfang_sdk.services import ServiceMissing
from zhangfang_sdk.tasks import Task, Tasks

PREFIX = "risk_rules:alert:"
MOST = 500


class Question(StrEnum):
    """Who was asked."""

    ACCOUNTANT = "contact"
    CLIENT = "question"


def prefix_of(alert: int, kind: Question | None = None) -> str:
    """Of the keys of its tasks, the open one and those of earlier times."""
    return f"{PREFIX}{alert}:" + (f"{kind}:" if kind else "")


async def standing(row: Alert) -> Mapping[Question, Task]:
    """Open tasks by whom they ask; nothing without a plugin of tasks."""
    return _by_kind(await _open(row.client, prefix_of(row.id)))


async def of_clients(alerts: Iterable[int]) -> Mapping[int, Task]:
    """The open question to the client, by alert."""
    wanted = set(alerts)
    found = {}
    for task in await _open(None, PREFIX):
        alert, kind, _ = task.key.removeprefix(PREFIX).split(":")
        if kind == Question.CLIENT and int(alert) in wanted:
            found[int(alert)] = task
    return found


async def close(row: Alert, result: str, kinds: Iterable[Question] = tuple(Question)) -> None:
    """Nobody is asked any longer."""
    open_, wanted = await standing(row), set(kinds)
    for kind in wanted & open_.keys():
        await use(Tasks).close(open_[kind].key, result)


async def _open(client: int | None, prefix: str) -> Sequence[Task]:
    if not scope().may("tasks.read"):
        return ()
    try:
        tasks = use(Tasks)
    except ServiceMissing:
        return ()
    return await tasks.open(client=client, prefix=prefix, limit=MOST)


def _by_kind(tasks: Iterable[Task]) -> Mapping[Question, Task]:
    return {Question(task.key.split(":")[3]): task for task in tasks}
