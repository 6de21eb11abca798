"""The SDK's ``Tasks``: other plugins' reasons and facts."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_collab import arrivals
from zhangfang_collab import steps as states
from zhangfang_collab.keeping import Happened, keep, lock, write
from zhangfang_collab.owners import own
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import Task as Row
from zhangfang_sdk.acting import caller
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Arrival, Side, Task, TaskWanted


class KeptTasks:
    """See :class:`zhangfang_sdk.tasks.Tasks`."""

    async def ensure(self, wanted: TaskWanted) -> int:
        _own(wanted.key)
        if not scope().sees(wanted.client):
            raise not_found("客户企业")
        await lock([wanted.client])
        row = await Row.objects().where(Row.key == wanted.key).first()
        if row is None:
            return await _made(wanted)
        owner = _owner(row, wanted.side) if wanted.owner is None else wanted.owner
        if row.done_at is None and (row.title, row.due_on, row.note, _owner(row, wanted.side)) != (
            wanted.title[:120],
            wanted.due,
            wanted.note[:400],
            owner,
        ):
            row.title, row.due_on, row.note = wanted.title[:120], wanted.due, wanted.note[:400]
            _own_by(row, wanted)
            await row.save()
            await write(row, Happened("made", "内容有更新"))
        return int(row.id)

    async def close(self, key: str, result: str) -> bool:
        _own(key)
        row = await Row.objects().where(Row.key == key).first()
        if row is None:
            return False
        await lock([row.client])
        row = await Row.objects().where(Row.key == key).first()
        if row is None or row.done_at is not None:
            return False
        steps = states.all_done(states.read(row.steps), scope().user_name[:80], dt.datetime.now(dt.UTC))
        await keep(row, steps, Happened("arrived", result))
        return True

    async def arrived(self, arrival: Arrival) -> int:
        return await arrivals.arrived(arrival)

    async def undone(self, client: int, kind: str, covers: Period, reference: str, reason: str) -> int:
        return await arrivals.undone(client, kind, covers, reference, reason)

    async def open(self, *, client: int | None = None, prefix: str = "", limit: int = 100) -> Sequence[Task]:
        require("tasks.read")
        if client is not None and not scope().sees(client):
            raise not_found("客户企业")
        query = Row.objects().where(Row.done_at.is_null()).order_by(Row.due_on, Row.id).limit(limit)
        if client is not None:
            query = query.where(Row.client == client)
        if prefix:
            query = query.where(Row.key.like(_literally(prefix) + "%"))
        return [_value(row) for row in await query]

    async def get(self, ids: Sequence[int]) -> Sequence[Task]:
        require("tasks.read")
        found = {row.id: _value(row) for row in await Row.objects().where(Row.id.is_in(list(ids)))} if ids else {}
        return [found[id_] for id_ in ids if id_ in found]


async def _made(wanted: TaskWanted) -> int:
    steps = (Step(wanted.title[:100], wanted.side, wanted.asks_for),)
    row = Row(
        client=wanted.client, key=wanted.key[:200], period=Period.of(wanted.due).number,
        covers=(wanted.covers or Period.of(wanted.due)).number, title=wanted.title[:120], note=wanted.note[:400], due_on=wanted.due,
        steps=states.written(steps), turn=wanted.side.value, link=wanted.link[:400], created_at=dt.datetime.now(dt.UTC), asked_on=today(),
    )  # fmt: skip
    _own_by(row, wanted)
    await own(row)
    await row.save()
    await write(row, Happened("made"))
    await arrivals.close_what_is_there([int(row.id)])
    return int(row.id)


def _own(key: str) -> None:
    """A plugin names its own reasons only; core, whose tests ask too, any."""
    by = caller()
    if by is not None and not key.startswith(f"{by.plugin}:"):
        raise Refusal("tasks.key_not_yours", f"任务的标识“{key}”不属于模块“{by.title}”。", status=403)


def _owner(row: Row, side: Side) -> int | None:
    found: int | None = row.owner_firm if side is Side.FIRM else row.owner_client
    return found


def _own_by(row: Row, wanted: TaskWanted) -> None:
    if wanted.owner is None:
        return
    if wanted.side is Side.FIRM:
        row.owner_firm = wanted.owner
    else:
        row.owner_client = wanted.owner


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _value(row: Row) -> Task:
    return Task(
        id=int(row.id),
        key=row.key,
        client=int(row.client),
        title=row.title,
        due=row.due_on,
        covers=Period.from_number(row.covers),
        turn=Side(row.turn) if row.turn else None,
        closed_at=row.done_at,
        result=row.result,
        document=row.document,
    )
