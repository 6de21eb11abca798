"""What somebody has to do until a day, on either side: the firm's people or the client's.

A rule engine asks for an explanation; running the rule again makes no second task::

    key = f"rules:{alert}"
    await use(Tasks).ensure(TaskWanted(key, client, "说明现金负数的原因", Side.CLIENT, due, asks_for=AskedFor.ANSWER, link=f"/alerts/{alert}"))
    await use(Tasks).close(key, "现金已转正")

Who learns that something has come, or that it was undone, tells the fact and names no task: tasks of whatever plugin that ask for it close
and open by themselves::

    await use(Tasks).arrived(Arrival(client, AskedFor.BANK_STATEMENT, Period(2026, 11), f"import:{17}", "11 月流水 42 笔"))
    await use(Tasks).undone(client, AskedFor.BANK_STATEMENT, Period(2026, 11), f"import:{17}", "导入的流水已撤销")

Of some kinds a month has several: a step says which, and so does the fact::

    await use(Tasks).arrived(Arrival(client, return_filed(Tax.IIT), Period(2026, 10), f"filing:{8}", "11月16日已申报"))
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import Tax


class Side(StrEnum):
    """Whose people have to act. Nobody of the portal does while the tax office has a task: it waits for an answer."""

    FIRM = "firm"
    CLIENT = "client"
    TAX_OFFICE = "tax_office"


class AskedFor(StrEnum):
    """What closes a task by itself when it arrives. Plugins may agree on further kinds: a kind is a word, and these are the known ones.

    ``DONE`` closes by hand alone, ``DOCUMENT`` by a file on the task itself, ``ANSWER`` by an answer on it. The others are facts of a month.
    ``RETURN_FILED`` is never asked for alone: :func:`return_filed` says which.
    """

    DONE = "done"
    DOCUMENT = "document"
    ANSWER = "answer"
    BANK_STATEMENT = "bank_statement"
    PAYROLL = "payroll"
    INPUT_INVOICES = "input_invoices"
    RETURN_FILED = "return_filed"


def return_filed(tax: Tax) -> str:
    """The kind "this tax's return that ends with the month was filed": "return_filed:vat"."""
    return f"{AskedFor.RETURN_FILED}:{tax}"


@dataclass(frozen=True, slots=True)
class TaskWanted:
    """``key`` begins with the plugin's id and ":", and names the reason: the same key is the same task. ``due`` is a business date.

    ``owner`` is a user of that side (None: whoever looks after the client). ``link`` is the client's page where it is done ("/alerts/7").
    ``covers`` is the month that it is about: what is asked for has to be of that month; None takes that of ``due``.
    """

    key: str
    client: int
    title: str
    side: Side
    due: dt.date
    owner: int | None = None
    asks_for: str = AskedFor.DONE
    note: str = ""
    link: str = ""
    covers: Period | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """``closed_at`` is UTC, None while it is open; ``result`` says how it ended, in a sentence. ``turn`` is whose step it is, None when closed."""

    id: int
    key: str
    client: int
    title: str
    due: dt.date
    covers: Period
    turn: Side | None
    closed_at: dt.datetime | None = None
    result: str = ""
    document: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A fact: something of ``kind`` of a month (a quarter's last one) has come.

    ``reference`` names it among its kind ("import:17"); ``what`` says it in words. ``until`` is the last day that it reaches, None for the whole
    month: what ends before the month does closes nothing, and the task says how far it goes.
    """

    client: int
    kind: str
    covers: Period
    reference: str
    what: str
    document: int | None = None
    until: dt.date | None = None


class Tasks(Protocol):
    """Tasks of the clients in scope, in the caller's transaction, behind the walls. ``on_tasks_done(ids)`` tells which were closed.

    Refusal ``common.not_found`` for a client out of scope.
    """

    @needs()
    async def ensure(self, wanted: TaskWanted) -> int:
        """The task of that key, made if there is none; an open one takes title, day, owner and note as wanted now. Any plugin may.

        One that is closed stays closed. One made anew closes at once when what it asks for is there. Raises Refusal ``tasks.key_not_yours``
        for a key of another plugin.
        """
        ...

    @needs()
    async def close(self, key: str, result: str) -> bool:
        """Close by the reason that made it; False when none was open. Raises Refusal ``tasks.key_not_yours``."""
        ...

    @needs()
    async def arrived(self, arrival: Arrival) -> int:
        """Close what asks for it; how many tasks that were. The same reference again changes nothing until it was undone or reaches another day.

        One that was of the whole month and is not any more opens again what it had closed, as :meth:`undone` does. Any plugin may.
        """
        ...

    @needs()
    async def undone(self, client: int, kind: str, covers: Period, reference: str, reason: str) -> int:
        """Open again what this arrival had closed, with the reason shown; how many tasks that were.

        A step that a person ticked, or for which something else of the kind is there, stays closed. So does one whose return was filed
        meanwhile: then the firm's people are told. An arrival that nobody told changes nothing. Any plugin may.
        """
        ...

    @needs("tasks.read")
    async def open(self, *, client: int | None = None, prefix: str = "", limit: int = 100) -> Sequence[Task]:
        """Open tasks, the soonest due first; of all clients in scope, or of one; those whose key begins so. Needs ``tasks.read``."""
        ...

    @needs("tasks.read")
    async def get(self, ids: Sequence[int]) -> Sequence[Task]:
        """Those that there are, open or closed, in the order of ``ids``. Needs ``tasks.read``."""
        ...
