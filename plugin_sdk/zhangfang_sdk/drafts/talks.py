"""The conversation about one thing: a client, a task, an alert, a voucher, an order.

A reviewer asks about a voucher, with the slip at hand::

    talk = await use(Talks).about(Subject("core_voucher", 17), client=client, title="凭证 记-17")
    await use(Talks).post(talk, "这笔差旅费有行程单吗?", documents=[slip])

An archive keeps what was said about a contract as a file::

    talk = await use(Talks).about(Subject("core_client", contract), client=client, title="续约")
    said = await use(Talks).messages(talk, before=None, limit=200)
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs


@dataclass(frozen=True, slots=True)
class Subject:
    """The row that is talked about: its table and id. One talk a subject."""

    table: str
    id: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message. ``by`` is the person's name as it was then; a withdrawn one has no text. ``at`` is UTC. ``documents`` are ids."""

    id: int
    by: str
    is_firm: bool
    text: str
    at: dt.datetime
    documents: tuple[int, ...] = ()
    withdrawn: bool = False


class Talks(Protocol):
    """Talks of the clients in scope, in the caller's transaction. Both sides see every message of a talk.

    Refusal ``common.not_found`` for a client, talk or document out of scope.
    """

    @needs("talks.write")
    async def about(self, subject: Subject, *, client: int, title: str) -> int:
        """The talk about it, opened if there is none. The person needs ``talks.write``."""
        ...

    @needs("talks.write")
    async def post(self, talk: int, text: str, *, documents: Sequence[int] = (), key: str = "") -> int:
        """Say something as the person in scope; the other side is told. The same ``key`` is said once.

        Raises Refusal ``talks.empty`` for neither text nor file, ``talks.closed``.
        """
        ...

    @needs("talks.read")
    async def messages(self, talk: int, *, before: int | None, limit: int = 50) -> Sequence[Said]:
        """The newest first; ``before`` goes on from a message's id."""
        ...

    @needs("talks.read")
    async def unread(self, *, client: int | None = None) -> int:
        """How many messages the person in scope has not seen."""
        ...
