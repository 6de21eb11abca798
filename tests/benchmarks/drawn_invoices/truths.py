"""What a drawn document says, and how ``truth.jsonl`` tells it. Amounts are fen, dates those printed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from .figures import plain, yuan


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    tax_id: str = ""
    address: str = ""
    bank: str = ""


NOBODY = Party("")


@dataclass(frozen=True, slots=True)
class Line:
    """``rate`` as printed ("13%", "免税", "***"); ``tax`` is 0 where the print has stars."""

    name: str
    amount: int
    rate: str
    tax: int
    model: str = ""
    unit: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None

    @property
    def quantity_text(self) -> str:
        return "" if self.quantity is None else plain(self.quantity)

    @property
    def price_text(self) -> str:
        return "" if self.price is None else plain(self.price)

    @property
    def tax_text(self) -> str:
        return "***" if self.rate in ("免税", "不征税") else yuan(self.tax)


@dataclass(frozen=True, slots=True)
class Invoice:
    """``printed`` holds what only some kinds print, by its printed label. ``amount`` and ``tax`` are None where they are not printed."""

    type: str
    number: str
    date: dt.date | None
    total: int
    seller: Party = NOBODY
    buyer: Party = NOBODY
    lines: tuple[Line, ...] = ()
    amount: int | None = None
    tax: int | None = None
    code: str = ""
    business: str = ""
    remark: str = ""
    drawer: str = ""
    printed: dict[str, str] = field(default_factory=dict)

    @property
    def tax_text(self) -> str:
        stars = self.lines and all(line.tax_text == "***" for line in self.lines)
        return "***" if stars else yuan(self.tax or 0)

    def with_lines(self, lines: tuple[Line, ...]) -> Invoice:
        """The same with these lines and their sums."""
        amount, tax = sum(line.amount for line in lines), sum(line.tax for line in lines)
        return replace(self, lines=lines, amount=amount, tax=tax, total=amount + tax)

    def truth(self) -> dict[str, Any]:
        """Only what is printed: a field that is not there is not asked for."""
        told: dict[str, Any] = {
            "type": self.type,
            "code": self.code,
            "number": self.number,
            "date": self.date.isoformat() if self.date else "",
            "buyer_name": self.buyer.name,
            "buyer_tax_id": self.buyer.tax_id,
            "seller_name": self.seller.name,
            "seller_tax_id": self.seller.tax_id,
            "amount": "" if self.amount is None else yuan(self.amount),
            "tax": "" if self.tax is None else yuan(self.tax),
            "total": yuan(self.total),
            "items": [_line(line) for line in self.lines],
        }
        return {name: value for name, value in told.items() if value}


def _line(line: Line) -> dict[str, str]:
    told = {
        "name": line.name,
        "model": line.model,
        "unit": line.unit,
        "quantity": line.quantity_text,
        "price": line.price_text,
        "amount": yuan(line.amount),
        "rate": line.rate,
        "tax": yuan(line.tax) if line.rate else "",
    }
    return {name: value for name, value in told.items() if value}
