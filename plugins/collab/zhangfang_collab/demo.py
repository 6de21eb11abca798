"""What the demo's clients have to do, made through the plugin's own services: lists, a letter, a yearly duty.

Returns and bank lines of the demo close their tasks themselves, as they do every day. By hand people do what the demo's other rooms know nothing of.
"""

from collections.abc import Sequence
from dataclasses import replace

from zhangfang_collab import facts_heard, making, ticking
from zhangfang_collab import steps as states
from zhangfang_collab.keeping import Happened, write
from zhangfang_collab.letter_kinds import LETTER, kinds
from zhangfang_collab.owners import people_of
from zhangfang_collab.tables import Task
from zhangfang_sdk import use
from zhangfang_sdk.calendar import Calendar
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import Scope, in_scope, scope
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import AskedFor, Side

LETTER_DAYS = 8
"""Working days that the demo's letter leaves."""
LATE_DAYS = 3
"""Working days since what the demo's client has forgotten was due."""
SAID = {
    AskedFor.DONE: "",
    AskedFor.PAYROLL: "工资表和上月一样,没有变动,已当面核对。",
    AskedFor.INPUT_INVOICES: "这个月的专用发票都交了。",
}
"""What somebody did by hand, with what they wrote on it."""
ACCOUNTANT = "会计"


async def fill(clients: Sequence[int]) -> None:
    """Lists of this month and the next. Nothing where a client has tasks already."""
    new = [await use(Clients).client(id_) for id_ in clients if not await Task.exists().where(Task.client == id_)]
    if not new:
        return
    month = Period.current()
    for period in (month, month.plus(1)):
        await making.make(new, period)
    for client in new:
        await _month_so_far(client.id, month)
    await making.make(new[:1], Period(month.year + 1, 1), only="annual_report")
    await _letter(new[0].id)
    await _forgotten(new[-1].id if len(new) < 2 else new[1].id)


async def _month_so_far(client: int, month: Period) -> None:
    await facts_heard.judge_invoices(client, month.plus(-1))
    rows = await Task.select(Task.id).where(Task.client == client, Task.period == month.number, Task.due_on < today())
    for row in rows:
        task = await Task.objects().get(Task.id == row["id"])
        step = None if task is None or task.done_at is not None else states.read(task.steps)[0]
        if task is not None and step is not None and step.asks in SAID:
            with in_scope(await _owner(task, step.side)):
                if SAID[step.asks]:
                    await write(task, Happened("comment", SAID[step.asks]))
                await ticking.tick_step(int(row["id"]), 0)


async def _owner(task: Task, side: Side) -> Scope:
    """As whoever has the task on that side; the accountant where nobody of the client does."""
    people = await people_of([task.client])
    mine = people.of(task.client, side)
    person = task.owner_client if side is Side.CLIENT else task.owner_firm
    if person not in mine:
        side, person, mine = Side.FIRM, task.owner_firm, people.of(task.client, Side.FIRM)
    name = ACCOUNTANT if person is None else mine[int(person)]
    return replace(scope(), client=task.client, user=person, user_name=name, staff=side is Side.FIRM)


async def _letter(client: int) -> None:
    kind, due_on = kinds()["notice"], await use(Calendar).plus_working_days(today(), LETTER_DAYS)
    id_ = await ticking.make_one(
        client, Period.of(due_on), tuple(kind.steps), title=f"{kind.title} 示税通〔{due_on.year}〕118 号",
        note="请说明上季度增值税税负偏低的原因,并提供 9 月的进货合同。", due_on=due_on, party=kind.party,
        key=f"collab:{client}{LETTER}demo",
    )  # fmt: skip
    task = await Task.objects().get(Task.id == id_)
    if task is not None:
        with in_scope(await _owner(task, Side.FIRM)):
            await ticking.tick_step(id_, 0)


async def _forgotten(client: int) -> None:
    """What no register knows of, and the client has not sent."""
    due_on = await use(Calendar).plus_working_days(today(), -LATE_DAYS)
    await ticking.assign(
        client, Period.of(due_on), "补交今年的采购框架合同", "年底对账和汇算清缴备查要用,拍照或扫描都行。", due_on, asks=AskedFor.DOCUMENT
    )
