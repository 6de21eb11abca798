"""Invoices of the clients, received and issued, whatever plugin reads them. Core asks the plugins that declare a source.

Amounts are fen and signed: those of red-letter invoices are negative, so that an invoice and its reversal add up to nothing.
Dates are business dates (Asia/Shanghai).
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period

PAGE_LENGTH = 50
LONGEST_PAGE = 500


class InvoiceDirection(StrEnum):
    """Which side of the invoice the client stands on."""

    RECEIVED = "received"
    ISSUED = "issued"


class InvoiceState(StrEnum):
    """How far an invoice has come. The first that applies of: voided, red, returned, booked, checked, read.

    ``READ``: a person has still to look at it; ``CHECKED``: every check passed, a draft voucher may be there; ``RETURNED``: sent back or refused,
    it is not booked; ``BOOKED``: its voucher is posted; ``VOIDED``: void at the tax authority (作废); ``RED``: reversed by a red-letter
    invoice, wholly or in part (红冲). A red-letter invoice itself is read, checked or booked as others are.
    """

    READ = "read"
    CHECKED = "checked"
    RETURNED = "returned"
    BOOKED = "booked"
    VOIDED = "voided"
    RED = "red"


IN_FORCE = frozenset({InvoiceState.READ, InvoiceState.CHECKED, InvoiceState.BOOKED, InvoiceState.RED})
"""Those that count: the reversed ones too, for what reverses them counts as well."""


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer as printed; ``tax_id`` is "" where none is (a person)."""

    name: str
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line. ``name`` as printed, with its short classification ("*运输服务*冷链运输").

    ``amount`` is without tax; ``unit_price`` in yuan as printed, with as many places as it has. ``rate`` as printed: "13%", "1.5%", "免税",
    "不征税", "" where nothing is. ``amount`` and ``tax`` are None where nothing legible is printed.
    """

    name: str
    amount: int | None
    tax: int | None
    rate: str = ""
    model: str = ""
    unit: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None

    @property
    def rate_per_mille(self) -> int | None:
        """130 for "13%"; None where the print names no rate (免税 and 不征税 are no rate of zero)."""
        digits = self.rate.removesuffix("%")
        if digits == self.rate or not digits.replace(".", "", 1).isdigit() or not digits.isascii():
            return None
        return int(Decimal(digits) * 10)


@dataclass(frozen=True, slots=True)
class Region:
    """Where it stands in its document: a page counted from 0, and the part of it in shares 0..1, origin top left."""

    page: int
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice, of which date and total are known: what lacks them is not an invoice yet, and no source gives it.

    ``id`` is the source's own; the host writes ``source``, and both together are the ``key``. ``kind`` is the Chinese name of the kind
    ("数电专票"). ``code`` is "" on fully digital invoices. ``amount`` without tax and ``tax`` add up to ``total`` where all three are printed.
    ``reverses`` is the number of the invoice that this red-letter one reverses ("" otherwise). ``document`` and ``voucher`` are ids.
    """

    id: int
    client: int
    direction: InvoiceDirection
    state: InvoiceState
    kind: str
    number: str
    issued_on: dt.date
    seller: Party
    buyer: Party
    amount: int
    tax: int
    total: int
    lines: tuple[InvoiceLine, ...] = ()
    code: str = ""
    reverses: str = ""
    document: int | None = None
    region: Region | None = None
    voucher: int | None = None
    source: str = ""

    @property
    def key(self) -> str:
        """ "intake.invoices:17": what :meth:`Invoices.get` takes and the hooks give."""
        return f"{self.source}:{self.id}"

    @property
    def other_party(self) -> Party:
        """Whom the client has it from or gave it to."""
        return self.seller if self.direction is InvoiceDirection.RECEIVED else self.buyer


@dataclass(frozen=True, slots=True)
class InvoiceQuery:
    """Which invoices. ``client`` None means every client in scope. ``first`` and ``last`` are months of issue, both included.

    ``party`` is the other side's: its whole tax number or a part of its name (upper and lower case alike). With ``numbers``, only those that
    have one of these.
    """

    client: int | None = None
    first: Period | None = None
    last: Period | None = None
    direction: InvoiceDirection | None = None
    states: frozenset[InvoiceState] = IN_FORCE
    party: str = ""
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Before:
    """A place in a list that runs from the newest date to the oldest, and of one date from the highest id to the lowest."""

    issued_on: dt.date
    id: int


@dataclass(frozen=True, slots=True)
class InvoiceSums:
    """How many, and fen in all. ``missing`` are titles of sources that did not answer: with any, the figures are too small."""

    count: int = 0
    amount: int = 0
    tax: int = 0
    total: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceSource:
    """Where a plugin's invoices come from. Its functions run in the caller's transaction, behind the walls, within 2 s.

    ``page(query, before, limit)`` gives at most ``limit`` invoices, newest date first and of one date the highest id first, that come
    strictly after ``before`` in that order (None: from the start). ``get(ids)`` gives those that there are, in any order. ``sums(query)``
    counts what ``page`` would list. ``directions`` are those that it can give: for others it is not asked. Each answers what
    the actor's walls let through and asks no permission: the host has.
    :class:`zhangfang_sdk.testing.invoice_sources.InvoiceSourceContract` tests one.
    """

    id: str
    title: str
    directions: frozenset[InvoiceDirection]
    page: Callable[[InvoiceQuery, Before | None, int], Awaitable[Sequence[Invoice]]]
    get: Callable[[Sequence[int]], Awaitable[Sequence[Invoice]]]
    sums: Callable[[InvoiceQuery], Awaitable[InvoiceSums]]


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """``after`` goes on where this page ends ("" at the end); ``missing`` are titles of sources that did not answer."""

    invoices: Sequence[Invoice]
    after: str = ""
    missing: tuple[str, ...] = ()


class Invoices(Protocol):
    """Invoices of all sources of plugins that the firm has on, in the caller's transaction, behind the walls.

    What several sources have is one invoice, by its number: listed and counted from the source whose name comes first.

    Reading needs ``invoices.read`` of the person and of the plugin; Refusal ``access.forbidden`` and ``common.not_found`` (a client out of
    scope, an invoice that is not there) otherwise. A source that fails or takes 2 s is missing, and named in the answer.
    """

    @needs("invoices.read")
    async def page(self, query: InvoiceQuery, *, after: str = "", limit: int = PAGE_LENGTH) -> InvoicePage:
        """Newest date first, at most ``limit`` (500 at most). ``after`` is that of the page before.

        Raises Refusal ``invoices.place_unreadable`` for an ``after`` that no page gave.
        """
        ...

    @needs("invoices.read")
    async def get(self, keys: Sequence[str]) -> Sequence[Invoice]:
        """Those of ``keys`` that there are, in their order.

        Raises Refusal ``invoices.source_away`` (503) when a source of one does not answer: it may be there nevertheless.
        """
        ...

    @needs("invoices.read")
    async def sums(self, query: InvoiceQuery) -> InvoiceSums:
        """Of all that :meth:`page` would list."""
        ...

    @needs()
    async def tell_read(self, source: str, ids: Sequence[int]) -> None:
        """For the plugin whose ``source`` (by its full name, "intake.invoices") it is: these were read.

        ``on_invoices_read`` is told after the commit of the caller's transaction.

        Raises Refusal ``invoices.no_source`` for a source that is not the calling plugin's.
        """
        ...

    @needs()
    async def tell_booked(self, source: str, ids: Sequence[int]) -> None:
        """As :meth:`tell_read`: the vouchers of these were posted; ``on_invoices_booked``."""
        ...
