"""What people are told of their papers."""

from zhangfang_sdk.notices import NoticeKind

RETURNED = "capture_ocr.returned"

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
)
