"""What a story tells: plain values. Money in integer fen, dates are business dates (Asia/Shanghai)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.ledger import VoucherKind
from zhangfang_sdk.periods import Period

SPECIAL = "数电专票"
ORDINARY = "数电普票"


@dataclass(frozen=True, slots=True)
class Party:
    """A fictional company: its tax id has right check digits and an organisation code that says DEM(o)."""

    name: str
    tax_id: str


@dataclass(frozen=True, slots=True)
class Company:
    """The client whose books a story tells; the same fields as the SDK's NewClient, and a ``key`` for the demo."""

    key: str
    name: str
    tax_id: str
    taxpayer_kind: TaxpayerKind
    industry: str
    books_start: date
    standard: str = "small_business_2013"


@dataclass(frozen=True, slots=True)
class StoryDocumentLine:
    """One line of an invoice. ``unit_price`` in yuan without tax; ``rate`` as printed ("13%", "免税")."""

    name: str
    spec: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    amount_fen: int
    rate: str
    tax_fen: int


@dataclass(frozen=True, slots=True)
class StoryDocument:
    """The facts of a fictional 数电票, bought by the story's company. ``kind`` is SPECIAL or ORDINARY; ``number`` has 20 digits."""

    kind: str
    number: str
    issued_on: date
    buyer_name: str
    buyer_tax_id: str
    seller_name: str
    seller_tax_id: str
    lines: tuple[StoryDocumentLine, ...]

    @property
    def amount_fen(self) -> int:
        """金额合计, without tax."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def tax_fen(self) -> int:
        """税额合计."""
        return sum(line.tax_fen for line in self.lines)

    @property
    def total_fen(self) -> int:
        """价税合计."""
        return self.amount_fen + self.tax_fen


@dataclass(frozen=True, slots=True)
class StoryItem:
    """A stock item that the books keep by the piece."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Pieces:
    """How many of the item of that name an amount is; ``unit_price`` in yuan without tax."""

    item: str
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line: exactly one of debit and credit is not zero; a red line is negative on its own side."""

    account_code: str
    summary: str
    debit: int
    credit: int
    counterparty: str = ""
    pieces: Pieces | None = None


@dataclass(frozen=True, slots=True)
class StoryVoucher:
    """A balanced voucher, in the order in which the story happened."""

    date: date
    word: str
    summary: str
    lines: tuple[StoryLine, ...]
    kind: VoucherKind
    document: StoryDocument | None


@dataclass(frozen=True, slots=True)
class MonthStory:
    """The vouchers of one month by date; the current month ends with ``today``."""

    period: Period
    vouchers: tuple[StoryVoucher, ...]


@dataclass(frozen=True, slots=True)
class StoryAsset:
    """A card that was brought along: straight-line, with ``months`` left when the books start. Amounts are fen."""

    name: str
    category: str
    cost: int
    written_off: int
    residual: int
    in_use_from: date
    months: int
    expense_account: str


@dataclass(frozen=True, slots=True)
class Story:
    """One company's books. ``opening_balances`` stand the day before ``company.books_start`` and balance.

    ``stock`` are the items that its lines name.
    """

    company: Company
    opening_balances: tuple[StoryLine, ...]
    months: tuple[MonthStory, ...]
    assets: tuple[StoryAsset, ...] = ()
    stock: tuple[StoryItem, ...] = ()


@dataclass(frozen=True, slots=True)
class FirmStory:
    """A bookkeeping firm and the stories of its clients."""

    name: str
    clients: tuple[Story, ...]
