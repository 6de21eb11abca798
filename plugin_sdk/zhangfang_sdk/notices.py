"""Telling people."""

from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. ``key`` makes it sent once only; ``permission`` names who gets it among those who see ``client``.

    ``link`` is a page of the client by its own path, "/notes/7".
    """

    client: int
    key: str
    title: str
    body: str
    link: str
    permission: str


class Notices(Protocol):
    @needs()
    async def send(self, notice: Notice) -> bool:
        """Keep it for every person concerned, in the caller's transaction; False when ``key`` was sent before."""
        ...
