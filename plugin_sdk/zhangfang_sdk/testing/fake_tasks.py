"""``Tasks`` in memory, for a plugin's own quick tests."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from zhangfang_sdk.acting import caller
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tasks import Arrival, Side, Task, TaskWanted


class FakeTasks:
    """``wanted`` keeps what was asked for, by id. Every return of a month in ``filed`` (client and month) counts as filed."""

    def __init__(self, filed: Sequence[tuple[int, Period]] = ()) -> None:
        self.wanted: dict[int, TaskWanted] = {}
        self.told: list[str] = []
        self._tasks: dict[int, Task] = {}
        self._live: dict[tuple[int, str, Period, str], Arrival] = {}
        self._by_itself: set[int] = set()
        self._filed = frozenset(filed)

    async def ensure(self, wanted: TaskWanted) -> int:
        _own(wanted.key)
        _seen(wanted.client)
        known = next((task for task in self._tasks.values() if task.key == wanted.key), None)
        if known is not None:
            if known.closed_at is None:
                self._tasks[known.id] = replace(known, title=wanted.title, due=wanted.due)
                self.wanted[known.id] = wanted
            return known.id
        covers = wanted.covers or Period.of(wanted.due)
        made = Task(len(self._tasks) + 1, wanted.key, wanted.client, wanted.title, wanted.due, covers, wanted.side)
        self._tasks[made.id], self.wanted[made.id] = made, wanted
        for arrival in self._live.values():
            self._close_by(made.id, arrival)
        return made.id

    async def close(self, key: str, result: str) -> bool:
        _own(key)
        known = next((t for t in self._tasks.values() if t.key == key and t.closed_at is None), None)
        if known is None:
            return False
        self._tasks[known.id] = replace(known, turn=None, closed_at=dt.datetime.now(dt.UTC), result=result)
        return True

    async def arrived(self, arrival: Arrival) -> int:
        _seen(arrival.client)
        key = (arrival.client, arrival.kind, arrival.covers, arrival.reference)
        if key in self._live:
            return 0
        self._live[key] = arrival
        return sum([self._close_by(id_, arrival) for id_ in self._tasks])

    async def undone(self, client: int, kind: str, covers: Period, reference: str, reason: str) -> int:
        _seen(client)
        if self._live.pop((client, kind, covers, reference), None) is None:
            return 0
        if any(key[:3] == (client, kind, covers) for key in self._live):
            return 0
        found = [id_ for id_ in sorted(self._by_itself) if self._asks(id_) == (client, kind, covers)]
        if (client, covers) in self._filed:
            self.told += [reason for _ in found]
            return 0
        for id_ in found:
            side: Side = self.wanted[id_].side
            self._tasks[id_] = replace(self._tasks[id_], turn=side, closed_at=None, result="", document=None)
            self._by_itself.discard(id_)
        return len(found)

    async def open(self, *, client: int | None = None, prefix: str = "", limit: int = 100) -> Sequence[Task]:
        require("tasks.read")
        if client is not None:
            _seen(client)
        found = [
            task
            for task in self._tasks.values()
            if task.closed_at is None
            and client in (None, task.client)
            and scope().sees(task.client)
            and task.key.startswith(prefix)
        ]
        return sorted(found, key=lambda task: (task.due, task.id))[:limit]

    async def get(self, ids: Sequence[int]) -> Sequence[Task]:
        require("tasks.read")
        known: Mapping[int, Task] = {id_: t for id_, t in self._tasks.items() if scope().sees(t.client)}
        return [known[id_] for id_ in ids if id_ in known]

    def _asks(self, id_: int) -> tuple[int, str, Period]:
        task = self._tasks[id_]
        return task.client, self.wanted[id_].asks_for, task.covers

    def _close_by(self, id_: int, arrival: Arrival) -> bool:
        task = self._tasks[id_]
        if task.closed_at is not None or self._asks(id_) != (arrival.client, arrival.kind, arrival.covers):
            return False
        now = dt.datetime.now(dt.UTC)
        closed = replace(task, turn=None, closed_at=now, result=arrival.what, document=arrival.document)
        self._tasks[id_] = closed
        self._by_itself.add(id_)
        return True


def _own(key: str) -> None:
    by = caller()
    if by is not None and not key.startswith(f"{by.plugin}:"):
        raise Refusal("tasks.key_not_yours", f"任务的标识“{key}”不属于模块“{by.title}”。", status=403)


def _seen(client: int) -> None:
    if not scope().sees(client):
        raise not_found("客户企业")
