"""Kinds of outside vendors that a firm can choose and swap."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class VendorKind(StrEnum):
    OCR = "ocr"
    INVOICE_CHECK = "invoice_check"
    BANK_FEED = "bank_feed"
    SMS = "sms"
    EMAIL = "email"
    PAYMENT = "payment"
    SIGNING = "signing"
    STORAGE = "storage"


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's adapter. ``open(settings)`` gives an object with the Protocol of its kind."""

    kind: VendorKind
    id: str
    title: str
    open: Callable[[dict[str, object]], object]
    settings: dict[str, object] = field(default_factory=dict)
