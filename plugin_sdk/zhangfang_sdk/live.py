"""Telling open screens that something changed."""

from typing import Protocol

from zhangfang_sdk.acting import needs

ACCESS = "access"
"""The topic that says: what somebody may see has changed, look again whether an open screen may go on."""

WHOLE_FIRM = 0
"""In place of a client: the announcement is of no client."""


class Live(Protocol):
    @needs()
    async def announce(self, topic: str, client: int) -> None:
        """Tell open screens, when the caller's transaction commits, that something of this client changed.

        ``topic`` is a word such as "ledger"; screens fetch again what they may see, so that a stream carries no data.
        """
        ...
