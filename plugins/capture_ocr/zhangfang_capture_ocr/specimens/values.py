"""What stands on a drawn invoice. Money in integer fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from zhangfang_capture_ocr.reading.capitals import capitals_of_fen
from zhangfang_capture_ocr.reading.figures import rate_of
from zhangfang_capture_ocr.reading.kinds import InvoiceKind


@dataclass(frozen=True, slots=True)
class SpecimenLine:
    """One line; texts as printed, `tax` None prints `***`."""

    name: str
    amount: int
    rate: str
    tax: int | None
    specification: str = ""
    unit: str = ""
    quantity: str = ""
    unit_price: str = ""
    classification_code: str = ""


@dataclass(frozen=True, slots=True)
class SpecimenInvoice:
    """A whole invoice; the sums follow from the lines."""

    kind: InvoiceKind
    number: str
    issued_on: date
    buyer_name: str
    buyer_tax_id: str
    seller_name: str
    seller_tax_id: str
    lines: tuple[SpecimenLine, ...]
    code: str = ""
    check_code: str = ""
    remarks: str = ""
    drawer: str = "开票员"

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax or 0 for line in self.lines)

    @property
    def total(self) -> int:
        return self.amount + self.tax

    @property
    def total_in_words(self) -> str:
        return capitals_of_fen(self.total)


def taxed_line(
    name: str,
    amount: int,
    rate: str = "13%",
    *,
    quantity: str = "",
    unit: str = "",
    specification: str = "",
    classification_code: str = "",
) -> SpecimenLine:
    """A line whose tax and unit price follow from amount, rate and quantity; a rate in words carries no tax."""
    fraction = rate_of(rate)
    tax = None
    if fraction is not None:
        exact = Decimal(amount * fraction.numerator) / fraction.denominator
        tax = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    price = ""
    if quantity:
        price = f"{(Decimal(amount) / 100 / Decimal(quantity)).quantize(Decimal('0.00000001')).normalize():f}"
    return SpecimenLine(name, amount, rate, tax, specification, unit, quantity, price, classification_code)


def money(fen: int) -> str:
    """Yuan with two decimals, no separators, as invoices print it."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
