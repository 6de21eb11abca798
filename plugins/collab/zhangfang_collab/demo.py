"""What the demo's clients have to do, made through the plugin's own services: a late one, some that closed themselves, some for us, a letter."""

from collections.abc import Sequence

from zhangfang_collab import arrivals, making, ticking
from zhangfang_collab.letters import kinds
from zhangfang_collab.tables import Task
from zhangfang_sdk import use
from zhangfang_sdk.calendar import Calendar
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Arrival, AskedFor

LETTER_DAYS = 8
"""Working days that the demo's letter leaves."""


async def fill(clients: Sequence[int]) -> None:
    """Lists of this month and the next; of what is due by now one statement is missing. Nothing where a client has tasks already."""
    new = [await use(Clients).client(id_) for id_ in clients if not await Task.exists().where(Task.client == id_)]
    if not new:
        return
    month = Period.current()
    for period in (month, month.plus(1)):
        await making.make(new, period)
    late = new[min(1, len(new) - 1)].id
    for client in new:
        await _month_so_far(client.id, month, statement_missing=client.id == late)
    await making.make(new[:1], Period(month.year + 1, 1), only="annual_report")
    await _letter(new[0].id)


async def _month_so_far(client: int, month: Period, *, statement_missing: bool) -> None:
    rows = await Task.objects().where(Task.client == client).where(Task.period == month.number).order_by(Task.due_on, Task.id)
    for row in rows:
        if row.template == AskedFor.BANK_STATEMENT:
            if not statement_missing:
                what = f"{row.covers % 100}月对账单.pdf"
                await arrivals.arrived(Arrival(client, AskedFor.BANK_STATEMENT, Period.from_number(row.covers), "demo", what))
        elif row.due_on < today():
            await ticking.tick(int(row.id), done=True)


async def _letter(client: int) -> None:
    kind, due_on = kinds()["notice"], await use(Calendar).plus_working_days(today(), LETTER_DAYS)
    task = await ticking.make_one(
        client, Period.of(due_on), tuple(kind.steps), title=f"{kind.title} 示税通〔{due_on.year}〕118 号",
        note="请说明上季度增值税税负偏低的原因,并提供 9 月的进货合同。", due_on=due_on, party=kind.party,
        key=f"collab:{client}:letter:demo",
    )  # fmt: skip
    await ticking.tick_step(task, 0)
