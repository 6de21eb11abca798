"""数量金额账: what came in, went out and is left of each stock item, in quantity, price and amount. Pure; amounts are integer fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from zhangfang_sdk.dimensions import DimensionItem, StockTurnover
from zhangfang_sdk.ledger import Account, LedgerEntry

PRICE = Decimal("0.0001")
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amount:
    """``quantity`` of the item's unit and what it is worth."""

    quantity: Decimal = NONE
    amount: int = 0

    @property
    def price(self) -> Decimal | None:
        """Yuan a unit to four places; None where there is no quantity, or one of another sign than the amount."""
        if not self.quantity or (self.amount < 0) != (self.quantity < 0):
            return None
        return (Decimal(self.amount) / 100 / self.quantity).quantize(PRICE, ROUND_HALF_UP)

    def plus(self, other: "Amount") -> "Amount":
        return Amount(self.quantity + other.quantity, self.amount + other.amount)

    def less(self, other: "Amount") -> "Amount":
        return Amount(self.quantity - other.quantity, self.amount - other.amount)


@dataclass(frozen=True, slots=True)
class StockRow:
    item: DimensionItem
    opening: Amount
    came: Amount
    went: Amount

    @property
    def closing(self) -> Amount:
        return self.opening.plus(self.came).less(self.went)


@dataclass(frozen=True, slots=True)
class StockBook:
    """An account's items, and their sums; quantities of different units have none."""

    account: Account
    rows: Sequence[StockRow]

    @property
    def total(self) -> tuple[int, int, int, int]:
        """Opening, in, out and closing."""
        sums = [0, 0, 0, 0]
        for row in self.rows:
            for place, part in enumerate((row.opening, row.came, row.went, row.closing)):
                sums[place] += part.amount
        return sums[0], sums[1], sums[2], sums[3]


@dataclass(frozen=True, slots=True)
class StockEntry:
    """One entry, and what is left after it."""

    entry: LedgerEntry
    came: Amount
    went: Amount
    left: Amount


def stock_books(
    turnovers: Sequence[StockTurnover], accounts: Sequence[Account], items: Mapping[int, DimensionItem]
) -> list[StockBook]:
    """By account, items by code."""
    found: dict[str, list[StockRow]] = {}
    for t in turnovers:
        row = StockRow(
            items[t.item], Amount(t.opening_quantity, t.opening), Amount(t.in_quantity, t.debit), Amount(t.out_quantity, t.credit)
        )
        found.setdefault(t.account, []).append(row)
    return [StockBook(a, sorted(found[a.code], key=lambda r: r.item.code)) for a in accounts if a.code in found]


def stock_entries(opening: Amount, entries: Sequence[LedgerEntry]) -> list[StockEntry]:
    """``entries`` oldest first."""
    found, left = [], opening
    for entry in entries:
        quantity = entry.quantity or NONE
        came = Amount(quantity, entry.debit) if entry.debit else Amount()
        went = Amount(quantity, entry.credit) if entry.credit else Amount()
        left = left.plus(came).less(went)
        found.append(StockEntry(entry, came, went, left))
    return found
