"""Booking at capture (采集即记账): which accounts an invoice goes to, proposed with reasons (CAP-8, CAP-10). Pure."""

from zhangfang_capture_ocr.booking.proposing import propose
from zhangfang_capture_ocr.booking.values import (
    CONFIRMED_INPUT_VAT,
    UNCONFIRMED_INPUT_VAT,
    ClientProfile,
    FactLine,
    InputVat,
    InputVatState,
    InvoiceFacts,
    Proposal,
    ProposedLine,
    SellerMemory,
)

__all__ = [
    "CONFIRMED_INPUT_VAT",
    "UNCONFIRMED_INPUT_VAT",
    "ClientProfile",
    "FactLine",
    "InputVat",
    "InputVatState",
    "InvoiceFacts",
    "Proposal",
    "ProposedLine",
    "SellerMemory",
    "propose",
]
