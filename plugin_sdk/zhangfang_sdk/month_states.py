"""How far the month's books are, of all clients at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class MonthState:
    """One client's month: vouchers unposted and posted in it, and the last closed period of its books.

    ``unbooked`` are files stored in the month that no voucher of any month stands on; ``open_results`` accounts of 损益 that the month
    leaves with a balance, drafts not counted.
    """

    client: int
    drafts: int
    posted: int
    closed_through: Period | None
    unbooked: int = 0
    open_results: int = 0


class MonthStates(Protocol):
    """Of the firm in scope, in the caller's transaction."""

    @needs("ledger.read")
    async def month_states(self, period: Period) -> Sequence[MonthState]:
        """One for each client that the actor may see, in as many queries for one client as for a thousand; needs ``ledger.read``."""
        ...

    @needs("ledger.read")
    async def unbooked(self, client: int, period: Period) -> Sequence[int]:
        """Files of the client stored in the month that no voucher of any month stands on, oldest first; needs ``ledger.read``."""
        ...
