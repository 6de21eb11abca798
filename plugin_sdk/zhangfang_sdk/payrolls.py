"""How far a month's payroll is, and its totals; who earned what is nobody's to ask.

A task is closed by what the client confirmed::

    found = await use(Payrolls).standing(client, Period(2026, 10))
    done = found is not None and found.step >= PayrollStep.CONFIRMED
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


class PayrollStep(IntEnum):
    """In order: sent back by the client, waiting for its word, confirmed, its voucher drafted or posted."""

    RETURNED = 0
    WAITING = 1
    CONFIRMED = 2
    BOOKED = 3


@dataclass(frozen=True, slots=True)
class PayrollTotals:
    """Of one client and month; amounts in fen. ``withheld`` is the person's own insurance and housing fund, ``tax`` the income tax."""

    client: int
    period: Period
    step: PayrollStep
    people: int
    gross: int
    withheld: int
    tax: int
    net: int


class Payrolls(Protocol):
    """Of clients in scope, in the caller's transaction; needs ``ledger.read``. ``on_payrolls_confirmed(ids)`` comes with it."""

    @needs("ledger.read")
    async def standing(self, client: int, period: Period) -> PayrollTotals | None:
        """None where none was brought in. Refusal ``common.not_found`` for a client out of scope."""
        ...

    @needs("ledger.read")
    async def of_month(self, period: Period) -> Sequence[PayrollTotals]:
        """Of all clients in scope that have one, by client."""
        ...
