"""Tasks as pages show them: a month's list, and one with its trail."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from piccolo.query import OrderByRaw

from zhangfang_collab import steps as states
from zhangfang_collab.keeping import TRAIL
from zhangfang_collab.letter_kinds import LETTER
from zhangfang_collab.tables import Entry, Task
from zhangfang_collab.titles import title_of
from zhangfang_sdk import use
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period, today
from zhangfang_sdk.references import ClientKey, UserKey
from zhangfang_sdk.tasks import AskedFor, Side
from zhangfang_sdk.texts import Texts, translatable
from zhangfang_sdk.waiting import Urgency

MOST_SHOWN = 500
MOST_ENTRIES = 200
TURN_TITLES: Mapping[str, str] = translatable({"client": "等客户", "firm": "等我们", "tax_office": "等税务局"})
TURNS_FOR_CLIENT: Mapping[str, str] = translatable({"client": "等您这边", "firm": "等会计", "tax_office": "等税务局"})
"""The same, as the client's people read it."""
FILTERS: Mapping[str, str] = translatable({"": "全部", "late": "已逾期", "open": "未完成", "done": "已完成"})
BUTTONS: Mapping[str, str] = translatable({
    AskedFor.BANK_STATEMENT: "上传对账单",
    AskedFor.DOCUMENT: "上传文件",
    AskedFor.ANSWER: "去确认",
    AskedFor.PAYROLL: "去确认",
    AskedFor.INPUT_INVOICES: "去确认",
})
"""The one thing to do, by what the step asks for."""
REACH = translatable("现在只到 %(month)s月%(day)s日,还差后面的")


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task as a page shows it, its ``title`` in the language of whoever looks.

    ``urgency`` is None when it is done; ``mine`` whether the side of whoever looks has the turn; ``reach`` says how far what has come goes, where
    that is not all; ``letter`` is the document of the letter that it answers.
    """

    id: int
    client: int
    title: str
    note: str
    due_on: dt.date
    covers: int
    steps: states.Steps
    turn: Side | None
    urgency: Urgency | None
    mine: bool
    turn_title: str
    done_by: str
    result: str
    reopened: str
    party: str
    link: str
    owners: Mapping[Side, int]
    reach: str = ""
    letter: int | None = None

    @property
    def at(self) -> int | None:
        return states.current(self.steps)

    @property
    def current(self) -> states.Step | None:
        return None if self.at is None else self.steps[self.at]

    def may_open(self, place: int) -> bool:
        """Whether whoever looks may take that step back."""
        return scope().staff or states.may_client_open(self.steps, place)

    @property
    def simple(self) -> bool:
        """Whether one tick here is all that there is to do."""
        return self.current is not None and self.current.asks not in BUTTONS


async def of_month(client: int | None, period: Period, show: str = "") -> Sequence[ShownTask]:
    """The first MOST_SHOWN of a month that fit ``show``, a key of FILTERS: open ones first, by due date.

    In the running month also what is open from before, and what waits for the side of whoever looks already, of whatever month: everything that
    等您处理 has. With None as client, of all that the actor sees.
    """
    of_it: Any = Task.period == period.number
    if period == Period.current():
        of_it = of_it | (Task.done_at.is_null() & ((Task.period < period.number) | (Task.turn == _own_side().value)))
    query = Task.objects().where(of_it)
    if client is not None:
        query = query.where(Task.client == client)
    for condition in _conditions(show):
        query = query.where(condition)
    rows = await query.order_by(OrderByRaw("done_at is not null")).order_by(Task.due_on, Task.id).limit(MOST_SHOWN)
    return [shown(row) for row in rows]


def _conditions(show: str) -> Sequence[Any]:
    return {
        "late": [Task.done_at.is_null(), Task.due_on < today()],
        "open": [Task.done_at.is_null()],
        "done": [Task.done_at.is_not_null()],
    }.get(show, [])


def _own_side() -> Side:
    return Side.FIRM if scope().staff else Side.CLIENT


async def one(task_id: int) -> ShownTask:
    """Raises Refusal ``common.not_found``, also for another client's than the one that is open."""
    row = await Task.objects().where(Task.id == task_id).first()
    if row is None or scope().client not in (None, row.client):
        raise not_found("待办事项")
    return shown(row)


def shown(row: Task) -> ShownTask:
    """A row as it is seen by whoever is in scope."""
    urgency = None if row.done_at is not None else Urgency.of(row.due_on, today())
    owners = {Side.FIRM: row.owner_firm, Side.CLIENT: row.owner_client}
    turn = Side(row.turn) if row.turn else None
    return ShownTask(
        id=int(row.id),
        client=int(row.client),
        title=title_of(row),
        note=row.note,
        due_on=row.due_on,
        covers=row.covers,
        steps=states.read(row.steps),
        turn=turn,
        urgency=urgency,
        mine=turn is _own_side(),
        turn_title="" if turn is None else (TURN_TITLES if scope().staff else TURNS_FOR_CLIENT)[turn],
        done_by=row.done_by,
        result=row.result,
        reopened=row.reopened,
        party=row.party,
        link=row.link,
        owners={side: int(person) for side, person in owners.items() if person is not None},
        reach="" if row.until is None else use(Texts).said(REACH) % {"month": row.until.month, "day": row.until.day},
        letter=row.document if LETTER in row.key else None,
    )


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A line of the trail; ``at`` in Asia/Shanghai."""

    kind: str
    title: str
    words: str
    document: int | None
    by: str
    by_firm: bool
    at: dt.datetime


async def trail(task_id: int) -> Sequence[ShownEntry]:
    """The newest 200 first. Whoever reads has seen the task."""
    rows = await Entry.objects().where(Entry.task == task_id).order_by(Entry.id, ascending=False).limit(MOST_ENTRIES)
    return [
        ShownEntry(
            e.kind, TRAIL.get(e.kind, ""), e.words, e.document, e.by, e.by_firm, e.at.astimezone(BUSINESS_TIME_ZONE)
        )
        for e in rows
    ]


async def client_names(clients: Sequence[int]) -> Mapping[int, str]:
    """Of these alone: a firm may have thousands."""
    wanted = sorted(set(clients))
    rows = await ClientKey.select(ClientKey.id, ClientKey.name).where(ClientKey.id.is_in(wanted)) if wanted else []
    return {row["id"]: row["name"] for row in rows}


async def names(people: Sequence[int]) -> Mapping[int, str]:
    """Of those whom somebody of the firm may know."""
    rows = await UserKey.select(UserKey.id, UserKey.name).where(UserKey.id.is_in(list(people))) if people else []
    return {row["id"]: row["name"] for row in rows}
