"""Auxiliary dimensions (辅助核算) of a client's books: items by kind, and balances by item."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.ledger import DimensionKind, LedgerEntry
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class DimensionItem:
    """A customer, supplier, department, project, employee or stock item. ``unit`` (件, 千克) is a stock item's.

    ``merged_into`` is the item that a closed one became one with: whatever names it means that one.
    """

    id: int
    client: int
    kind: DimensionKind
    code: str
    name: str
    tax_id: str = ""
    unit: str = ""
    retired: bool = False
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class DimensionBalance:
    """Turnover in fen of one account and item in one month, closing vouchers included. ``period`` None is the opening balance.

    ``quantity`` is what came in less what went out (debit positive), ``Decimal`` with six places at most.
    """

    account: str
    item: int
    period: Period | None
    debit: int
    credit: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class StockTurnover:
    """One account and stock item over months: quantities of the item's unit, amounts in fen. Debits came in, credits went out.

    A red line takes back on its own side. ``opening`` is debit positive.
    """

    account: str
    item: int
    opening_quantity: Decimal
    opening: int
    in_quantity: Decimal
    debit: int
    out_quantity: Decimal
    credit: int

    @property
    def closing_quantity(self) -> Decimal:
        return self.opening_quantity + self.in_quantity - self.out_quantity

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


class Dimensions(Protocol):
    """Items of the firm in scope. Everything runs in the caller's transaction; a client out of scope is ``common.not_found``."""

    @needs("ledger.read")
    async def items(self, client: int, kind: DimensionKind | None = None) -> Sequence[DimensionItem]:
        """By kind and code, retired ones too; needs ``ledger.read``."""
        ...

    @needs("ledger.draft")
    async def add(
        self, client: int, kind: DimensionKind, code: str, name: str, *, tax_id: str = "", unit: str = ""
    ) -> DimensionItem:
        """Needs ``ledger.draft``. Raises Refusal ``ledger.dimension_code``, ``ledger.dimension_name``, ``ledger.dimension_taken``."""
        ...

    @needs("ledger.draft")
    async def change(
        self,
        item: int,
        *,
        name: str | None = None,
        retired: bool | None = None,
        tax_id: str | None = None,
        unit: str | None = None,
    ) -> DimensionItem:
        """Change what is given; one that is taken up again is merged no more. Needs ``ledger.draft``.

        Raises Refusal ``common.not_found``, ``ledger.dimension_name``, ``ledger.dimension_taken``, ``ledger.dimension_text``.
        """
        ...

    @needs("ledger.draft")
    async def require_kinds(
        self, client: int, account: str, offered: Sequence[DimensionKind], required: Sequence[DimensionKind]
    ) -> None:
        """What lines of ``account`` may and must carry from now on; needs ``ledger.draft``.

        Raises Refusal ``ledger.account_unknown``, ``ledger.dimension_required`` (a required kind that is not offered).
        """
        ...

    @needs("ledger.read")
    async def balances(
        self, client: int, account: str, kind: DimensionKind, first: Period | None, last: Period
    ) -> Sequence[DimensionBalance]:
        """Of ``account`` and all below it, by item and month; ``first`` None starts with the opening balances. O(items x months)."""
        ...

    @needs("ledger.read")
    async def stock(self, client: int, account: str, first: Period, last: Period) -> Sequence[StockTurnover]:
        """数量金额: ``account`` and all below it, by account and stock item; those without anything left out; needs ``ledger.read``.

        Costs the entries of the months, and the items' balances before them.
        """
        ...

    @needs("ledger.read")
    async def entries(
        self, client: int, account: str, item: int, first: Period, last: Period, *, limit: int = 200
    ) -> Sequence[LedgerEntry]:
        """Posted lines of ``account`` and all below it that carry ``item``, with their quantities, newest first; needs ``ledger.read``."""
        ...
