"""What people are told of their papers."""

from zhangfang_sdk.notices import NoticeKind

RETURNED = "capture_ocr.returned"
CHECK_FAILED = "capture_ocr.check_failed"

NOTICE_KINDS = (
    NoticeKind(
        key="returned",
        title="票据被退回",
        heading="有一张票据被退回,请您处理",
        body="{reason}",
        mail="退回的原因:{reason}",
        sms="有一张票据被退回,请登录处理",
        permission="capture_ocr.read",
    ),
    NoticeKind(
        key="check_failed",
        title="已入账的发票查验不符",
        heading="一张已入账的发票,税务局的记录对不上",
        body="发票号码 {number}。{why}",
        sms="一张已入账的发票查验不符,请登录处理",
        permission="capture_ocr.check",
    ),
)
