"""Collecting money (收款): what a vendor is given and what it gives back. Amounts are positive fen, instants UTC."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """``key`` is the caller's order number (up to 32 letters and digits): one payment for one key, ever."""

    key: str
    amount: int
    subject: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """The order at the vendor; the payer opens ``pay_url`` (or scans it as a QR code)."""

    key: str
    reference: str
    pay_url: str


class PaymentState(StrEnum):
    WAITING = "waiting"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Payment:
    """How an order stands. ``paid`` and ``refunded`` in fen; ``paid_at`` when it was paid."""

    key: str
    state: PaymentState
    paid: int = 0
    refunded: int = 0
    paid_at: dt.datetime | None = None
    reference: str = ""


class PaymentGateway(Protocol):
    """What ``Vendor.open`` gives for the kind ``payment``. Later questions go to the vendor that made the order (``Answered.vendor``)."""

    async def order(self, request: PaymentRequest) -> PaymentOrder:
        """Make the order. Asked again with the same key and amount it gives the same order.

        Raises VendorAway, VendorMisset, VendorRefused (``payment.key_taken``: the key has another amount; ``payment.closed``).
        """
        ...

    async def payment(self, key: str) -> Payment:
        """How the order stands; only reads. Raises VendorAway, VendorMisset, VendorRefused (``payment.unknown``)."""
        ...

    async def refund(self, key: str, refund_key: str, amount: int) -> Payment:
        """Give back ``amount`` of what was paid; once for each ``refund_key``.

        Raises VendorAway, VendorMisset, VendorRefused (``payment.too_much``, ``payment.not_paid``, ``payment.unknown``).
        """
        ...
