"""At most one quiet card of a service that the firm sells, where it helps: never two, never again after a no.

A statement's page has room below the figures::

    card = await use(Offers).for_zone("statement", client)

A yearly report counts what came of them::

    told = await use(Offers).outcomes(client, first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31))
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.web import CardZone


class Outcome(StrEnum):
    """What became of an offer. ``HIDDEN``: the person said no; it is not shown to that client for a year."""

    SHOWN = "shown"
    OPENED = "opened"
    HIDDEN = "hidden"
    ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class Offer:
    """``because`` is the sentence that says why it is shown, with the client's own figure. ``price`` in fen, None: on request."""

    id: int
    client: int
    title: str
    because: str
    path: str
    price: int | None = None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many offers of a service came so far between two days."""

    service: str
    outcome: Outcome
    count: int


class Offers(Protocol):
    """Offers for clients in scope, in the caller's transaction. Refusal ``common.not_found`` for a client out of scope."""

    @needs("offers.read")
    async def for_zone(self, zone: CardZone, client: int) -> Offer | None:
        """What fits best, or nothing; that it was shown is noted once a day. The person needs ``offers.read``."""
        ...

    @needs("offers.read")
    async def hide(self, offer: int) -> None:
        """The person in scope does not want it."""
        ...

    @needs("offers.read")
    async def outcomes(self, client: int | None, *, first: dt.date, last: dt.date) -> Sequence[Outcomes]:
        """Business dates, both included; of one client or of all in scope."""
        ...
