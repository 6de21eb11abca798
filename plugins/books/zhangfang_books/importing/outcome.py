"""What a file holds and what bringing it in does, as the page says it. Pure; amounts are integer fen."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from zhangfang_books.importing.faults import Faults


@dataclass(frozen=True, slots=True)
class Named:
    """Whom or what a line names: ``kind`` is a dimension's, or empty where the file does not say. At least one text is filled."""

    kind: str
    code: str
    name: str

    @property
    def shown(self) -> str:
        return " ".join(text for text in (self.code, self.name) if text)


@dataclass(slots=True)
class FileLine:
    """A line as the file has it, on the client's account; exactly one side is not zero."""

    account: str
    summary: str
    debit: int
    credit: int
    named: tuple[Named, ...] = ()
    quantity: Decimal | None = None
    price: Decimal | None = None
    foreign: str = ""
    """The currency's text as it stood ("USD 100.00 × 7.1"), empty for yuan."""


@dataclass(slots=True)
class FileVoucher:
    """``row`` is its first one; ``reference`` the file's word and number ("记-12")."""

    sheet: str
    row: int
    date: dt.date
    word: str
    reference: str
    lines: list[FileLine]

    @property
    def total(self) -> int:
        return sum(line.debit for line in self.lines)

    @property
    def summary(self) -> str:
        return next((line.summary for line in self.lines if line.summary), "导入")


@dataclass(slots=True)
class SheetFound:
    """One sheet of the file; ``program`` is the profile's name, empty where no headings were found in it."""

    name: str
    rows: int
    program: str = ""
    heading_row: int = 0
    confirmed: bool = True


@dataclass(slots=True)
class LostColumn:
    """A column with content that is not brought in."""

    heading: str
    rows: int
    example: str


@dataclass(slots=True)
class Standing:
    """A voucher of the file that the books, or an earlier sheet of it, have already: same date, number, amounts and texts."""

    row: int
    date: dt.date
    reference: str
    summary: str
    total: int
    where: str


@dataclass(slots=True)
class Outcome(Faults):
    """``unknown``: accounts that the client lacks → (name in the file, rows). ``unknown_items``: what lines name and no item is called.

    ``lost``: what is left out of the books besides columns, as sentences with how often.
    """

    sheets: list[SheetFound] = field(default_factory=list)
    vouchers: int = 0
    lines: int = 0
    debit: int = 0
    credit: int = 0
    first: dt.date | None = None
    last: dt.date | None = None
    totals: int = 0
    unknown: dict[str, tuple[str, int]] = field(default_factory=dict)
    unknown_items: dict[Named, int] = field(default_factory=dict)
    lost_columns: list[LostColumn] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=dict)
    standing: list[Standing] = field(default_factory=list)
    standing_found: int = 0
    before: str = ""
    """When and by whom the same file was brought in already."""
    left_out: int = 0
    brought: int = 0
    straight: bool = False

    @property
    def clean(self) -> bool:
        return self.faults_found == 0 and self.vouchers > 0

    def lose(self, what: str) -> None:
        self.lost[what] = self.lost.get(what, 0) + 1
