"""Figures of the business over a client's books, as its chart of accounts defines them. Amounts in fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is: ``explanation`` in plain Chinese, ``accounts`` the codes that it is read from (with all below them).

    ``is_balance`` tells a balance at month's end from a month's movement.
    """

    key: str
    title: str
    explanation: str
    accounts: tuple[str, ...]
    is_balance: bool


@dataclass(frozen=True, slots=True)
class AccountShare:
    """What one leaf account contributes to a figure in a month, with the figure's own sign."""

    code: str
    name: str
    amount: int


class Measures(Protocol):
    """Reads monthly balances only, so its cost does not grow with vouchers. Needs ``ledger.read`` of nobody: callers check what they show."""

    async def series(self, client: int, keys: Sequence[str], first: Period, last: Period) -> Mapping[str, Sequence[int]]:
        """Each figure for each month from ``first`` to ``last``, oldest first, in one query. Raises Refusal ``measure.unknown``."""
        ...

    async def definition(self, client: int, key: str) -> Definition:
        """Raises Refusal ``measure.unknown``."""
        ...

    async def by_account(self, client: int, key: str, period: Period) -> Sequence[AccountShare]:
        """Leaf accounts behind a figure, largest first; accounts that contribute nothing are left out."""
        ...
