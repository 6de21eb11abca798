"""What the client's people are told of returns."""

from zhangfang_sdk.notices import NoticeKind

TO_CONFIRM = "books.filing_to_confirm"

NOTICE_KINDS = (
    NoticeKind(
        key="filing_to_confirm",
        title="请确认申报数",
        heading="请确认{what}:应缴 {amount} 元",
        body="{again}申报截止 {until},点开看每一行的来历,确认后会计申报。",
        mail="{again}{what}应缴 {amount} 元,申报截止 {until}。请登录确认,确认后会计申报。",
        sms="{what}应缴{amount}元,请登录确认",
        permission="filings.confirm",
    ),
)
