"""Checking an invoice with the tax administration's records (发票查验): what a vendor is given and what it gives back."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class InvoiceQuestion:
    """What is printed on the invoice. ``code`` is empty for fully digital invoices (数电发票, 20-digit ``number``).

    ``issued_on`` is the business date in Asia/Shanghai. Amounts in fen: ``total`` with tax, ``net`` without; the tax
    administration asks for one or the other by kind of invoice, so that both are given where both are known.
    ``check_digits`` are the last six of the check code (校验码) of ordinary VAT invoices on paper.
    """

    number: str
    issued_on: dt.date
    total: int
    code: str = ""
    net: int | None = None
    check_digits: str = ""


class InvoiceState(StrEnum):
    VALID = "valid"
    VOIDED = "voided"
    REVERSED = "reversed"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """What the record says. ``checked_at`` is an instant in UTC; amounts in fen; what is not told is None or empty.

    ``reversed_amount`` (fen, positive) is how much red invoices took back, 0 where that is not told. MISMATCH: the number is known with other
    values; ``reference`` is the vendor's own number of the question.
    """

    state: InvoiceState
    checked_at: dt.datetime
    seller_name: str = ""
    seller_tax_id: str = ""
    buyer_name: str = ""
    buyer_tax_id: str = ""
    total: int | None = None
    tax: int | None = None
    reversed_amount: int = 0
    reference: str = ""


class InvoiceChecker(Protocol):
    """What ``Vendor.open`` gives for the kind ``invoice_check``. Asking twice changes nothing, though it may cost twice."""

    async def check(self, question: InvoiceQuestion) -> InvoiceRecord:
        """The invoice's record. An invoice that is not there is an answer (NOT_FOUND), not an error.

        Raises VendorAway, VendorMisset, VendorRefused (``invoice_check.too_often``: the day's checks of this invoice are used up;
        ``invoice_check.too_new``: not in the records before tomorrow; ``invoice_check.too_old``: outside the years that can be checked;
        ``invoice_check.incomplete``: something that this kind of invoice is asked for by is missing or cannot be right).
        """
        ...
