"""Due days follow the calendar: once it was edited, open tasks of this month, the one before and those to come are due on the day that it has now."""

from collections.abc import Sequence

from zhangfang_collab.due_dates import Due, DueRule
from zhangfang_collab.keeping import Happened, lock, write
from zhangfang_collab.payers import Calendars, payer_of
from zhangfang_collab.tables import Task
from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.context import transaction
from zhangfang_sdk.periods import Period

AT_ONCE = 200
"""Clients of one transaction."""


async def follow_everywhere() -> None:
    """``collab.due_days``: when the firm has moved a deadline, and every morning, for days that the operator decided about."""
    async with transaction():
        clients = list(await use(Clients).clients())
    for start in range(0, len(clients), AT_ONCE):
        async with transaction():
            await follow(clients[start : start + AT_ONCE])


async def follow(clients: Sequence[Client]) -> int:
    """For these clients, in the caller's transaction; how many tasks were moved. What is not declared any more keeps its day."""
    by_id, calendars, moved = {client.id: client for client in clients}, Calendars(), 0
    await lock(by_id)
    rows = await (
        Task.objects()
        .where(Task.client.is_in(list(by_id)), Task.done_at.is_null(), Task.due_rule != "")
        .where(Task.period >= Period.current().plus(-1).number)
        .order_by(Task.client, Task.id)
    ) if by_id else []  # fmt: skip
    for number in sorted({row.period for row in rows}):
        period = Period.from_number(number)
        of_month = [row for row in rows if row.period == number]
        ids = sorted({int(row.client) for row in of_month})
        payers = {
            id_: payer_of(by_id[id_], profile)
            for id_, profile in zip(ids, await use(Clients).profiles(ids, period.first_day), strict=True)
        }
        for row in of_month:
            due = Due(DueRule(row.due_rule), row.due_number, row.due_tax)
            day = await calendars.of(period, payers[int(row.client)]).due(due, yearly=row.covers % 100 == 0)
            if day is not None and day != row.due_on:
                words, row.due_on, row.reminded = f"{row.due_on} → {day}", day, None
                await row.save()
                await write(row, Happened("moved", words))
                moved += 1
    return moved
