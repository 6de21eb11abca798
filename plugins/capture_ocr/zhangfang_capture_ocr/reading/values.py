"""Values of a reading: what stands on an invoice, where it stands and how it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from zhangfang_capture_ocr.reading.kinds import InvoiceKind
from zhangfang_capture_ocr.reading.refusals import Refused

__all__ = [
    "Box",
    "FieldValue",
    "FileType",
    "InvoiceKind",
    "InvoiceLine",
    "Reading",
    "Refused",
    "Seal",
    "Source",
    "Value",
]

Value = str | int | date
"""What a field can hold: text, money in integer fen, or a business date (Asia/Shanghai)."""

T = TypeVar("T", str, int, date, Value)


class Source(StrEnum):
    """Where a value was found, best first."""

    XML = "xml"
    XBRL = "xbrl"
    OFD = "ofd"
    PDF_TEXT = "pdf_text"
    QR = "qr"
    OCR = "ocr"
    PERSON = "person"


class Seal(StrEnum):
    """What the electronic seal or signature of a file says of its content; who set it is never checked.

    `INTACT`: nothing was changed, going by the digests in it; the signature itself could not be checked. `SIGNED`: nothing was
    changed, and the signature is right by the certificate in the file.
    """

    NONE = ""
    INTACT = "intact"
    SIGNED = "signed"
    CHANGED = "changed"
    UNCHECKED = "unchecked"


class FileType(StrEnum):
    """What a file is by its content."""

    XML = "xml"
    PDF = "pdf"
    PICTURE = "picture"
    ZIP = "zip"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a value stands: `page` counts from 0; edges are fractions 0..1 of the page, origin top left."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class FieldValue(Generic[T]):
    """One value with its origin; `confidence` in per mille (1000 = as issued by machine).

    `witnesses` names what else says the same, independently of `source`: another source's value, `twice` for a second
    print of it, or `arithmetic` where it was put right by the other figures.
    """

    value: T
    source: Source
    box: Box | None
    confidence: int
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice. Money in fen and signed (discount lines are negative).

    `name` is the name as printed, `*简称*` included; `classification_short` is the part between the stars
    ("" where there is none); `classification_code` the 19-digit 税收分类编码 ("" where the source lacks it);
    `rate` as printed ("13%", "免税", "不征税", "***"). `witnesses` names what else says the same name;
    where the name is `crossing` into the next column on a picture, it may hold words of that.
    """

    name: str
    classification_short: str
    classification_code: str
    specification: str
    unit: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: int | None
    rate: str
    tax: int | None
    box: Box | None = None
    witnesses: tuple[str, ...] = ()
    crossing: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read from one invoice.

    `fields` holds only what was found, under the names of the properties below. `disagreements` names the
    fields whose embedded data differ from the printed text, with both texts (embedded, printed).
    `page_shape` is the height of the first page in thousandths of its width; 0 where the source has no pages.
    `counts` tells what was seen in its place that an invoice has once: `titles`, `numbers`, `totals`, `codes` (QR), and
    how many parts of its file were `left` over. Empty for data. `seal` is the state of the file's electronic seal or signature,
    `signer` the name on its certificate, as that says it of itself ("" where unknown).
    """

    kind: InvoiceKind
    fields: Mapping[str, FieldValue[Value]]
    lines: tuple[InvoiceLine, ...]
    text: str
    pages: int
    disagreements: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    page_shape: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    seal: Seal = Seal.NONE
    signer: str = ""

    def _text(self, name: str) -> str | None:
        found = self.fields.get(name)
        return found.value if found is not None and isinstance(found.value, str) else None

    def _fen(self, name: str) -> int | None:
        found = self.fields.get(name)
        return found.value if found is not None and isinstance(found.value, int) else None

    @property
    def code(self) -> str | None:
        """发票代码 (10 or 12 digits); None on fully digital invoices."""
        return self._text("code")

    @property
    def number(self) -> str | None:
        """发票号码: 8 digits, or 20 on fully digital invoices."""
        return self._text("number")

    @property
    def issued_on(self) -> date | None:
        """开票日期."""
        found = self.fields.get("issued_on")
        return found.value if found is not None and isinstance(found.value, date) else None

    @property
    def buyer_name(self) -> str | None:
        """购买方名称."""
        return self._text("buyer_name")

    @property
    def buyer_tax_id(self) -> str | None:
        """购买方纳税人识别号; None where none is printed (个人)."""
        return self._text("buyer_tax_id")

    @property
    def seller_name(self) -> str | None:
        """销售方名称."""
        return self._text("seller_name")

    @property
    def seller_tax_id(self) -> str | None:
        """销售方纳税人识别号."""
        return self._text("seller_tax_id")

    @property
    def amount(self) -> int | None:
        """金额合计 without tax, fen."""
        return self._fen("amount")

    @property
    def tax(self) -> int | None:
        """税额合计, fen; None where no number is printed (免税)."""
        return self._fen("tax")

    @property
    def total(self) -> int | None:
        """价税合计 in figures, fen."""
        return self._fen("total")

    @property
    def total_in_words(self) -> str | None:
        """价税合计 in capitals (大写)."""
        return self._text("total_in_words")

    @property
    def check_code(self) -> str | None:
        """校验码 (20 digits); only on invoices issued with tax-control devices."""
        return self._text("check_code")

    @property
    def remarks(self) -> str | None:
        """备注."""
        return self._text("remarks")
