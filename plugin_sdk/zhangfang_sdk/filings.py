"""How far the returns of a client are: figures, confirmed by the client, filed with a receipt, paid.

A task list is closed by what was filed::

    left = await use(Filings).standing(client, due_until=day)
    late = [filing for filing in left if filing.step < FilingStep.FILED]

The accountant keeps the tax bureau's receipt, and the archive is told by ``on_returns_filed``::

    await use(Filings).filed(filing, receipt=document, number="10013326000012345678")
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period, label_of
from zhangfang_sdk.tax_figures import Tax


class FilingStep(IntEnum):
    """In order; a return with nothing to pay ends with ``FILED``."""

    OPEN = 0
    FIGURES = 1
    CONFIRMED = 2
    FILED = 3
    PAID = 4


@dataclass(frozen=True, slots=True)
class Filing:
    """``due`` is the last day by the calendar (business date); ``payable`` in fen, None while nobody knows; ``receipt`` a document."""

    id: int
    client: int
    tax: Tax
    first: Period
    last: Period
    due: dt.date
    step: FilingStep
    payable: int | None = None
    filed_on: dt.date | None = None
    receipt: int | None = None

    @property
    def label(self) -> str:
        """Of what months it is, in words: "2026年3季度"."""
        return label_of(self.first, self.last)


class Filings(Protocol):
    """Filings of clients in scope, in the caller's transaction. ``on_returns_filed(ids)`` and ``on_returns_voided(ids)`` come with it.

    Refusal ``common.not_found`` for what is out of scope, ``filings.step_back`` (409) for a step that is behind already.
    """

    @needs("filings.read")
    async def standing(
        self, client: int | None, *, due_until: dt.date, due_from: dt.date | None = None
    ) -> Sequence[Filing]:
        """Every return due between the days, filed or not, the soonest first; of one client or of all in scope."""
        ...

    @needs("filings.read")
    async def filing(self, filing: int) -> Filing:
        """Raises Refusal ``common.not_found``."""
        ...

    @needs("filings.write")
    async def confirmed(self, filing: int, *, payable: int) -> None:
        """The client agreed to pay so many fen. The person holds ``filings.confirm``, or ``filings.write`` and it is said on the trail.

        Raises Refusal ``filings.no_figures`` while nothing was worked out, ``filings.month_running`` while its months are not over,
        ``filings.figures_changed`` for another amount (all 409).
        """
        ...

    @needs("filings.write")
    async def filed(self, filing: int, *, receipt: int | None, number: str) -> None:
        """Filed today at the tax bureau, with its receipt's document and number. The person needs ``filings.write``.

        Raises Refusal ``filings.month_running`` (409) while its months are not over, ``filings.no_figures`` (409) while nobody knows what is to
        pay, ``filings.number_missing``.
        """
        ...

    @needs("filings.write")
    async def voided(self, filing: int, *, why: str) -> None:
        """The return was voided at the tax bureau (申报作废), or its receipt belonged elsewhere: it is to be filed again.

        The person needs ``filings.write``. Raises Refusal ``filings.not_filed``, ``filings.paid_already`` (both 409), ``filings.why_missing``.
        """
        ...

    @needs("filings.write")
    async def paid(self, filing: int, *, on: dt.date, amount: int) -> None:
        """Paid on a business date up to today, in fen. The person needs ``filings.write``. Raises Refusal ``filings.not_filed`` (409)."""
        ...
