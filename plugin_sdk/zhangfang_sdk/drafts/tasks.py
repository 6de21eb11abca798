"""What somebody has to do until a day, on either side: the firm's people or the client's.

A rule engine asks for an explanation; running the rule again makes no second task::

    key = f"rules:{alert}"
    await use(Tasks).ensure(TaskWanted(key, client, "说明现金负数的原因", Side.CLIENT, due, asks_for=AskedFor.ANSWER, link=f"/alerts/{alert}"))
    await use(Tasks).close(key, "现金已转正")

A filing calendar makes the month's declarations and looks whether all are done::

    await use(Tasks).ensure(TaskWanted(f"vat:{client}:{period.key}", client, "申报增值税", Side.FIRM, deadline.due))
    left = await use(Tasks).open(client=client, prefix="vat:")
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs


class Side(StrEnum):
    """Whose people have to act."""

    FIRM = "firm"
    CLIENT = "client"


class AskedFor(StrEnum):
    """What closes the task by itself when it arrives: nothing, a file on it, or an answer on it."""

    DONE = "done"
    DOCUMENT = "document"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class TaskWanted:
    """``key`` begins with the plugin's id and names the reason: the same key is the same task. ``due`` is a business date.

    ``owner`` is a user of that side (None: whoever is assigned to the client). ``link`` is the client's page where it is done.
    """

    key: str
    client: int
    title: str
    side: Side
    due: dt.date | None = None
    owner: int | None = None
    asks_for: AskedFor = AskedFor.DONE
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """``closed_at`` is UTC, None while it is open; ``result`` says how it ended, in a sentence."""

    id: int
    wanted: TaskWanted
    closed_at: dt.datetime | None = None
    result: str = ""
    document: int | None = None


class Tasks(Protocol):
    """Tasks of the clients in scope, in the caller's transaction, behind the walls. The hook ``on_tasks_done(ids)`` comes with it.

    Refusal ``common.not_found`` for a client or task out of scope.
    """

    @needs()
    async def ensure(self, wanted: TaskWanted) -> int:
        """The open task of that key, made if there is none, else with title, day, owner and note as wanted now. Any plugin may.

        One that a person closed is not opened again. Raises Refusal ``tasks.key_not_yours`` for a key of another plugin.
        """
        ...

    @needs()
    async def close(self, key: str, result: str) -> bool:
        """Close by the reason that made it; False when none was open. Raises Refusal ``tasks.key_not_yours``."""
        ...

    @needs("tasks.read")
    async def open(self, *, client: int | None = None, prefix: str = "", limit: int = 100) -> Sequence[Task]:
        """Open tasks, the soonest due first; of all clients in scope, or of one; those whose key begins so."""
        ...

    @needs("tasks.read")
    async def get(self, ids: Sequence[int]) -> Sequence[Task]:
        """Those that there are, open or closed, in the order of ``ids``."""
        ...
