"""What people read about vendors."""

from collections.abc import Mapping

from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.vendors import VendorKind


def kind_titles() -> Mapping[VendorKind, tuple[str, str, str]]:
    """Name, purpose and icon of each kind, in the order of the page."""
    return {
        VendorKind.OCR: (gettext("票据识别"), gettext("从照片和扫描件里读出文字"), "scan-text"),
        VendorKind.INVOICE_CHECK: (gettext("发票查验"), gettext("向税务机关核对发票真伪和状态"), "shield-check"),
        VendorKind.BANK_FEED: (gettext("银行流水"), gettext("自动取得银行对账单"), "landmark"),
        VendorKind.SMS: (gettext("短信"), gettext("给客户发短信提醒"), "smartphone"),
        VendorKind.EMAIL: (gettext("电子邮件"), gettext("给客户和同事发邮件"), "mail"),
        VendorKind.WECHAT_MESSAGE: (gettext("微信消息"), gettext("用公众号给客户发消息提醒"), "message-circle"),
        VendorKind.PAYMENT: (gettext("在线收款"), gettext("客户在线支付服务费"), "wallet"),
        VendorKind.SIGNING: (gettext("电子签名"), gettext("合同和确认单在线签署"), "signature"),
        VendorKind.STORAGE: (gettext("异地存储"), gettext("把归档和备份另存一份到别处"), "hard-drive"),
    }


def title_of(kind: VendorKind) -> str:
    return kind_titles()[kind][0]


def trouble_words(reason: str) -> str:
    """Why the last attempt failed, in a few words."""
    return {
        "away": gettext("连不上"),
        "timeout": gettext("超时"),
        "misset": gettext("设置不被接受"),
        "failed": gettext("程序出错"),
    }.get(reason, reason)
