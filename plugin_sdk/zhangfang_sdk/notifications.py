"""Telling people."""

from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs


@dataclass(frozen=True, slots=True)
class Message:
    """One notification. ``key`` makes it sent once only; ``permission`` names who gets it among those who see ``client``.

    ``link`` is a page of the client by its own path, "/notes/7".
    """

    client: int
    key: str
    title: str
    body: str
    link: str
    permission: str


class Notifications(Protocol):
    @needs()
    async def send(self, message: Message) -> bool:
        """Keep it for every person concerned, in the caller's transaction; False when ``key`` was sent before."""
        ...


class Live(Protocol):
    @needs()
    async def announce(self, topic: str, client: int) -> None:
        """Tell open screens, when the caller's transaction commits, that something of this client changed.

        ``topic`` is a word such as "ledger"; screens fetch again what they may see, so that a stream carries no data.
        """
        ...


class Audit(Protocol):
    @needs()
    async def record(
        self,
        action: str,
        subject: str,
        *,
        client: int | None = None,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        """Append to the firm's trail in the caller's transaction: ``action`` "ledger.post", ``subject`` "core_voucher:17"."""
        ...
