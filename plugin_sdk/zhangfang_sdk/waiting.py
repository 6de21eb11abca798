"""等您处理: what waits for a person, asked of every plugin that has something, most urgent first.

It is a query and never a counter: the list on a home page and the red dot of a navigation entry come from the same ``load``.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from markupsafe import Markup

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import Address

MOST_WAITING = 100
"""What a source is asked for at most. A dot shows 99+ from there on."""
SOON_DAYS = 3


class Urgency(IntEnum):
    """How much a thing presses; the smaller, the more."""

    LATE = 0
    TODAY = 1
    SOON = 2
    LATER = 3

    @classmethod
    def of(cls, until: dt.date | None, day: dt.date) -> "Urgency":
        """Of what is due ``until`` (None: at no certain day) as seen on ``day``; SOON is within three days. Business dates."""
        if until is None:
            return cls.LATER
        left = (until - day).days
        if left < 0:
            return cls.LATE
        if left == 0:
            return cls.TODAY
        return cls.SOON if left <= SOON_DAYS else cls.LATER


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One thing that somebody of ``client`` or of the firm has to do.

    ``from_whom`` says who waits for it ("王会计", "税务局"; "" where nobody does), ``note`` what there is to know, ``until`` is the last day (business date) or
    None. ``button`` names the one thing to do ("重新拍照") and ``path`` the client's page where it is done, by its own path
    ("/things/7"); with None as client, a page of the firm.

    ``about`` says what would be told when it is done: the kind and month of :mod:`zhangfang_sdk.tasks`, as :func:`about` writes them. Of
    several items about one thing of one client, from whatever plugins, people see the most urgent alone. "" is about itself.
    """

    client: int | None
    title: str
    button: str
    path: str
    urgency: Urgency
    from_whom: str = ""
    note: str = ""
    until: dt.date | None = None
    about: str = ""


def about(kind: str, period: Period) -> str:
    """``about`` of an item that is done when ``kind`` arrives for ``period``: "payroll 2026-11"."""
    return f"{kind} {period.key}"


@dataclass(frozen=True, slots=True)
class WaitingSource:
    """Where a plugin's waiting items come from; asked of those who hold ``permission``.

    ``load(limit)`` runs in the scope of the place: with a client open it gives that client's items, at the firm those of all
    clients in scope (others are left out by the host). Most urgent first, at most ``limit``. ``nav`` are entries of this plugin
    that bear the number of items as red dot; ``topics`` say when to ask again. One that does not answer within 0.3 s is
    missing and nothing else; after three failures in a row it is left out until somebody tries again.
    """

    id: str
    permission: str
    load: Callable[[int], Awaitable[Sequence[WaitingItem]]]
    nav: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """An item where the person is: ``address`` of its button, and the ``place`` that it belongs to ("" in that place itself)."""

    item: WaitingItem
    address: Address
    place: str = ""


def most_urgent_first(waiting: Iterable[Waits]) -> list[Waits]:
    """By urgency, then by day; what is due at no certain day comes after what is. Equal ones keep their order.

    Of items that are about one thing of one client the first stays.
    """
    told: set[tuple[int | None, str]] = set()
    first = []
    for waits in sorted(waiting, key=lambda w: (w.item.urgency, w.item.until or dt.date.max)):
        thing = (waits.item.client, waits.item.about)
        if not waits.item.about or thing not in told:
            told.add(thing)
            first.append(waits)
    return first


class Waiting(Protocol):
    """What waits for the person in scope, at the place in scope, in the caller's transaction."""

    @needs()
    async def items(self, limit: int = MOST_WAITING) -> Sequence[Waits]:
        """Of all sources whose permission the person holds, most urgent first; at the firm each with its client's name."""
        ...

    @needs()
    async def panel(self) -> Markup:
        """The part 等您处理 for a home page, above everything else: print it in a template as it is.

        It keeps itself up to date, fetches sources that are slow after the page, and hides when nothing waits.
        """
        ...
