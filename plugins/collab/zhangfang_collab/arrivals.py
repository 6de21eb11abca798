"""What has come closes what asks for it, in whatever order both appear; what is undone opens it again, unless its return was filed."""

import datetime as dt
from collections.abc import Collection, Sequence
from hashlib import sha256

from zhangfang_collab import steps as states
from zhangfang_collab.keeping import Happened, is_filed, keep, lock, write
from zhangfang_collab.tables import ArrivalRow, Task
from zhangfang_sdk import use
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tasks import Arrival


async def arrived(arrival: Arrival) -> int:
    """See :meth:`zhangfang_sdk.tasks.Tasks.arrived`."""
    await _enter(arrival.client)
    row = await _row(arrival.client, arrival.kind, arrival.covers, arrival.reference)
    is_whole = arrival.until is None or arrival.until >= arrival.covers.last_day
    until = None if is_whole else arrival.until
    if row is not None and row.live and row.until == until:
        return 0
    was_whole = row is not None and row.live and row.until is None
    what, now = arrival.what[:200], dt.datetime.now(dt.UTC)
    if row is None:
        row = ArrivalRow(
            client=arrival.client, kind=arrival.kind, covers=arrival.covers.number, reference=arrival.reference[:160]
        )
    row.what, row.document, row.live, row.reason, row.at = what, arrival.document, True, "", now
    row.until, row.contradicted = until, None
    if until is not None:
        row.reason = f"现在只到 {until.month}月{until.day}日:{what}"[:200]
    await row.save()
    tasks = await _tasks(arrival.client, arrival.kind, arrival.covers)
    if is_whole:
        return sum([await _close(task, row) for task in tasks])
    if was_whole:
        await _reopen(row, tasks)
    await _note_reach(arrival.client, arrival.kind, arrival.covers)
    return 0


async def undone(client: int, kind: str, covers: Period, reference: str, reason: str) -> int:
    """See :meth:`zhangfang_sdk.tasks.Tasks.undone`."""
    await _enter(client)
    row = await _row(client, kind, covers, reference)
    if row is None or not row.live:
        return 0
    row.live, row.reason = False, reason[:200]
    await row.save()
    opened = await _reopen(row, await _tasks(client, kind, covers))
    await _note_reach(client, kind, covers)
    return opened


async def contradicted(client: int, kind: str, covers: Period, reference: str, reason: str) -> int:
    """What came since says that it is not so, whoever said it was: as ``undone``, and a step that a person ticked until now opens as well."""
    await _enter(client)
    row, now = await _row(client, kind, covers, reference), dt.datetime.now(dt.UTC)
    if row is None:
        row = ArrivalRow(client=client, kind=kind, covers=covers.number, reference=reference[:160], what="", at=now)
    row.live, row.reason, row.contradicted = False, reason[:200], now
    await row.save()
    return await _reopen(row, await _tasks(client, kind, covers))


async def _reopen(row: ArrivalRow, tasks: Sequence[Task]) -> int:
    if await _live(row.client, row.kind, Period.from_number(row.covers)):
        return 0
    opened = [task for task in tasks if await _open(task, row)]
    for task in opened:
        await open_what_stood_on(task)
    return len(opened)


async def open_what_stood_on(task: Task) -> None:
    """The return of this task is filed no more: what was undone while it was, and only told, opens now. The client is locked."""
    rows = await Task.objects().where(Task.client == task.client, Task.feeds == task.template, Task.feeds != "").order_by(Task.id)
    for row in rows:
        for kind in dict.fromkeys(step.asks for step in states.read(row.steps) if step.done_at is not None):
            covers = Period.from_number(row.covers)
            undone = None if await _live(row.client, kind, covers) else await _last(row.client, kind, covers)
            if undone is not None and not await is_filed(row):
                await _open(row, undone)


async def taken_back(task: Task, kind: str, reason: str) -> None:
    """A person looked at what had come and it does not do: it is there no more. The client is locked."""
    await (
        ArrivalRow.update({ArrivalRow.live: False, ArrivalRow.reason: reason[:200]})
        .where(ArrivalRow.client == task.client)
        .where(ArrivalRow.kind == kind)
        .where(ArrivalRow.covers == task.covers)
        .where(ArrivalRow.until.is_null())
    )


async def close_what_is_there(tasks: Collection[int]) -> None:
    """New tasks close at once when what they ask for came before them. The clients are locked."""
    rows = await Task.select(Task.id, Task.client, Task.covers).where(Task.id.is_in(list(tasks)))
    live = await ArrivalRow.objects().where(
        ArrivalRow.live.eq(True)
        & ArrivalRow.client.is_in(sorted({row["client"] for row in rows}))
        & ArrivalRow.covers.is_in(sorted({row["covers"] for row in rows}))
    )
    for arrival in live:
        for row in rows:
            if arrival.until is None and (row["client"], row["covers"]) == (arrival.client, arrival.covers):
                task = await Task.objects().where(Task.id == row["id"]).first()
                if task is not None:
                    await _close(task, arrival)
    for client, kind, covers in sorted({(a.client, a.kind, a.covers) for a in live if a.until is not None}):
        await _note_reach(client, kind, Period.from_number(covers))


async def _enter(client: int) -> None:
    if not scope().sees(client):
        raise not_found("客户企业")
    await lock([client])


async def _row(client: int, kind: str, covers: Period, reference: str) -> ArrivalRow | None:
    return (
        await ArrivalRow.objects()
        .where(ArrivalRow.client == client)
        .where(ArrivalRow.kind == kind)
        .where(ArrivalRow.covers == covers.number)
        .where(ArrivalRow.reference == reference[:160])
        .first()
    )


async def _live(client: int, kind: str, covers: Period) -> bool:
    return (
        await ArrivalRow.exists()
        .where(ArrivalRow.client == client)
        .where(ArrivalRow.kind == kind)
        .where(ArrivalRow.covers == covers.number)
        .where(ArrivalRow.live.eq(True))
        .where(ArrivalRow.until.is_null())
    )


async def _last(client: int, kind: str, covers: Period) -> ArrivalRow | None:
    rows = ArrivalRow.objects().where(ArrivalRow.client == client, ArrivalRow.kind == kind, ArrivalRow.covers == covers.number)
    return await rows.order_by(ArrivalRow.at, ascending=False).first()


async def _tasks(client: int, kind: str, covers: Period) -> list[Task]:
    """Those of the month that ask for it in one of their steps."""
    rows = (
        await Task.objects().where(Task.client == client).where(Task.covers == covers.number).order_by(Task.id)
    )
    return [row for row in rows if any(step.asks == kind for step in states.read(row.steps))]


async def _close(task: Task, arrival: ArrivalRow) -> bool:
    before = states.read(task.steps)
    after = states.arrived(before, arrival.kind, arrival.what[:80], dt.datetime.now(dt.UTC))
    if after == before:
        return False
    task.until = None
    await keep(task, after, Happened("arrived", arrival.what, arrival.document))
    return True


async def _note_reach(client: int, kind: str, covers: Period) -> None:
    """Tasks that still ask for it say how far into the month what is there reaches."""
    rows = await (
        ArrivalRow.objects()
        .where(ArrivalRow.client == client, ArrivalRow.kind == kind, ArrivalRow.covers == covers.number)
        .where(ArrivalRow.live.eq(True), ArrivalRow.until.is_not_null())
    )
    last = max(rows, key=lambda row: row.until, default=None)
    for task in await _tasks(client, kind, covers):
        is_open = any(step.asks == kind and step.done_at is None for step in states.read(task.steps))
        until = None if last is None or not is_open else last.until
        if until != task.until:
            task.until = until
            await task.save([Task.until])
            if last is not None and until is not None:
                await write(task, Happened("part", f"{last.what}(到 {until.month}月{until.day}日)", last.document))


async def _open(task: Task, arrival: ArrivalRow) -> bool:
    before = states.read(task.steps)
    after = states.undone(before, arrival.kind, ticked_until=arrival.contradicted)
    if after == before:
        return False
    if await is_filed(task):
        await _tell_the_firm(task, arrival)
        return False
    await keep(task, after, Happened("undone", arrival.reason), reopened=arrival.reason)
    return True


async def _tell_the_firm(task: Task, arrival: ArrivalRow) -> None:
    values = {"title": task.title, "reason": arrival.reason}
    # Undone once more, or for more than before, is another thing to tell.
    which = sha256(f"{arrival.at.isoformat()} {arrival.reason}".encode()).hexdigest()[:16]
    key = f"collab.undone:{task.id}:{arrival.id}:{which}"
    await use(Notices).send(Notice(task.client, "collab.undone_after_filing", key, f"/tasks/{task.id}", values))
