"""Invoices that a story's company receives, and what they do to its books."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhangfang_core.demo.stories.books import StoryBooks, credit, debit
from zhangfang_core.demo.stories.rates import share
from zhangfang_core.demo.stories.values import ORDINARY, SPECIAL, Party, Pieces, StoryDocument, StoryDocumentLine
from zhangfang_sdk.clients import TaxpayerKind


@dataclass(frozen=True, slots=True)
class Good:
    """Something that can be bought: its name as printed, price per unit in fen without tax, rate in per cent (None: 免税)."""

    name: str
    price: int
    rate: int | None
    unit: str = "项"
    spec: str = ""


def bought(good: Good, quantity: int) -> StoryDocumentLine:
    """The line of an invoice over ``quantity`` pieces."""
    amount = good.price * quantity
    rate = "免税" if good.rate is None else f"{good.rate}%"
    tax = share(amount, good.rate or 0, 100)
    price = Decimal(good.price) / 100
    return StoryDocumentLine(good.name, good.spec, good.unit, Decimal(quantity), price, amount, rate, tax)


def worth(good: Good, amount: int) -> StoryDocumentLine:
    """The line over as many pieces as come nearest to ``amount`` fen without tax, one at least."""
    return bought(good, max(1, round(amount / good.price)))


def charged(name: str, amount: int, rate: int | None, unit: str = "项", spec: str = "") -> StoryDocumentLine:
    """The line of a service over ``amount`` fen without tax."""
    return bought(Good(name, amount, rate, unit, spec), 1)


def invoice(
    books: StoryBooks, day: date, seller: Party, *lines: StoryDocumentLine, special: bool = False
) -> StoryDocument:
    """A 数电票 to the story's company: year, region of the seller, channel 2 and an invented serial number.

    The layout of the 20 digits is that of 国家税务总局公告2024年第11号.
    """
    names = "+".join(line.name for line in lines)
    serial = books.dice.between(f"number/{day}/{seller.tax_id}/{names}", 10**8, 10**9 - 1)
    number = f"{day.year % 100:02d}{seller.tax_id[2:4]}2{serial:015d}"
    kind = SPECIAL if special else ORDINARY
    company = books.company
    return StoryDocument(
        kind, number, day, company.name, company.tax_id, seller.name, seller.tax_id, tuple(lines)
    )


def purchase(
    books: StoryBooks,
    day: date,
    summary: str,
    document: StoryDocument,
    account: str,
    settled: str = "1002",
    deductible: bool = True,
    pieces: Pieces | None = None,
) -> None:
    """Book an invoice: a general taxpayer's special invoice with its tax apart (用途 confirmed), any other whole.

    ``pieces`` are what came into the store.
    """
    general = books.company.taxpayer_kind is TaxpayerKind.GENERAL
    tax = document.tax_fen if general and deductible and document.kind == SPECIAL else 0
    party = document.seller_name if settled == "2202" else ""
    books.record(
        day,
        summary,
        debit(account, document.total_fen - tax, pieces=pieces),
        debit("22210101", tax),
        credit(settled, document.total_fen, party),
        document=document,
    )


def pay_supplier(books: StoryBooks, day: date, supplier: str, most: int | None = None) -> None:
    """Pay what is owed to a supplier, from the bank; ``most`` fen at most."""
    owed = books.owed_to(supplier)
    owed = owed if most is None else min(owed, most)
    if owed > 0:
        books.record(day, f"支付{supplier}货款", debit("2202", owed, supplier), credit("1002", owed))


def plan_bill(
    books: StoryBooks,
    day: date,
    summary: str,
    seller: Party,
    line: StoryDocumentLine,
    account: str,
    special: bool,
) -> None:
    """Plan an invoice of one line that comes and is paid from the bank on that day or the next workday."""

    def act(on: date) -> None:
        purchase(books, on, summary, invoice(books, on, seller, line, special=special), account)

    books.at_office(day, act)
