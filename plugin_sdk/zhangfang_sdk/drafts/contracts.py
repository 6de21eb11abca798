"""Contracts of the firm with its clients, and of clients with others: drafted from a template, signed, in force, ending.

A marketplace makes one of an accepted offer::

    contract = await use(Contracts).draft(client, "extra_service", {"service": "高新认定辅导", "fee": 2_000_000}, key=f"orders:{order}")
    await use(Contracts).send_to_sign(contract)

A list of renewals looks for what ends soon::

    ending = await use(Contracts).in_force(day, ends_until=day + dt.timedelta(days=60))
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs


class ContractState(StrEnum):
    """A supplement is a contract of its own that ``supplements`` another."""

    DRAFT = "draft"
    SIGNING = "signing"
    IN_FORCE = "in_force"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Contract:
    """``first`` and ``last`` are business dates, ``last`` None without an end; ``fee`` fen in each ``fee_months`` months (0: once)."""

    id: int
    client: int
    kind: str
    title: str
    state: ContractState
    first: dt.date | None
    last: dt.date | None
    fee: int
    fee_months: int
    document: int | None = None
    supplements: int | None = None


class Contracts(Protocol):
    """Contracts of clients in scope, in the caller's transaction. ``on_contracts_changed(ids)`` comes with it.

    Refusal ``common.not_found`` for what is out of scope.
    """

    @needs("contracts.write")
    async def draft(self, client: int, template: str, facts: Mapping[str, str | int], *, key: str) -> int:
        """From the firm's template of that name, with facts (money in fen); the same ``key`` is the same contract.

        The person needs ``contracts.write``. Raises Refusal ``contracts.no_template``, ``contracts.fact_missing`` (names it as ``field``).
        """
        ...

    @needs("contracts.write")
    async def send_to_sign(self, contract: int) -> int:
        """Through ``Signing``, in the mode that its kind asks for; the id of the request. Raises Refusal ``contracts.not_a_draft``."""
        ...

    @needs("contracts.read")
    async def in_force(
        self, day: dt.date, *, client: int | None = None, ends_until: dt.date | None = None
    ) -> Sequence[Contract]:
        """In force on ``day``, the soonest end first; those that end until a day, or all."""
        ...
