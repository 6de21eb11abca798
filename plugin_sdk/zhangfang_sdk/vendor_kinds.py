"""Which Protocol belongs to which kind of vendor."""

from collections.abc import Mapping
from typing import Any

from zhangfang_sdk.bank_feed import BankFeed
from zhangfang_sdk.blobs import BlobStore
from zhangfang_sdk.invoice_check import InvoiceChecker
from zhangfang_sdk.messages import MailSender, TextSender, WechatSender
from zhangfang_sdk.payments import PaymentGateway
from zhangfang_sdk.recognition import TextRecogniser
from zhangfang_sdk.signing import SigningService
from zhangfang_sdk.vendors import VendorKind

PROTOCOLS: Mapping[VendorKind, type[Any]] = {
    VendorKind.OCR: TextRecogniser,
    VendorKind.INVOICE_CHECK: InvoiceChecker,
    VendorKind.BANK_FEED: BankFeed,
    VendorKind.SMS: TextSender,
    VendorKind.EMAIL: MailSender,
    VendorKind.PAYMENT: PaymentGateway,
    VendorKind.SIGNING: SigningService,
    VendorKind.STORAGE: BlobStore,
    VendorKind.WECHAT_MESSAGE: WechatSender,
}


def kind_of(protocol: type[Any]) -> VendorKind:
    """Raises ValueError when the Protocol belongs to no kind."""
    for kind, known in PROTOCOLS.items():
        if known is protocol:
            return kind
    raise ValueError(f"{protocol.__name__} is the Protocol of no kind of vendor")
