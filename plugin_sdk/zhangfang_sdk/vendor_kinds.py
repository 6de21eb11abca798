"""Which Protocol belongs to which kind of vendor, and what people call the kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhangfang_sdk.bank_feed import BankFeed
from zhangfang_sdk.blobs import BlobStore
from zhangfang_sdk.invoice_check import InvoiceChecker
from zhangfang_sdk.messages import MailSender, TextSender
from zhangfang_sdk.payments import PaymentGateway
from zhangfang_sdk.recognition import TextRecogniser
from zhangfang_sdk.signing import SigningService
from zhangfang_sdk.vendors import VendorKind


@dataclass(frozen=True, slots=True)
class KindOfVendor:
    """``protocol`` is what ``Vendor.open`` gives; ``title`` and ``purpose`` are Chinese."""

    protocol: type[Any]
    title: str
    purpose: str


KINDS: Mapping[VendorKind, KindOfVendor] = {
    VendorKind.OCR: KindOfVendor(TextRecogniser, "票据识别", "从照片和扫描件里读出文字"),
    VendorKind.INVOICE_CHECK: KindOfVendor(InvoiceChecker, "发票查验", "向税务机关核对发票真伪和状态"),
    VendorKind.BANK_FEED: KindOfVendor(BankFeed, "银行流水", "自动取得银行对账单"),
    VendorKind.SMS: KindOfVendor(TextSender, "短信", "给客户发短信提醒"),
    VendorKind.EMAIL: KindOfVendor(MailSender, "电子邮件", "给客户和同事发邮件"),
    VendorKind.PAYMENT: KindOfVendor(PaymentGateway, "在线收款", "客户在线支付代账服务费"),
    VendorKind.SIGNING: KindOfVendor(SigningService, "电子签名", "合同和确认单在线签署"),
    VendorKind.STORAGE: KindOfVendor(BlobStore, "异地存储", "把归档和备份另存一份到别处"),
}


def kind_of(protocol: type[Any]) -> VendorKind:
    """Raises ValueError when the Protocol belongs to no kind."""
    for kind, known in KINDS.items():
        if known.protocol is protocol:
            return kind
    raise ValueError(f"{protocol.__name__} is the Protocol of no kind of vendor")
