"""What people are told of their tasks: three tones as the day comes near, who is told when nothing happens, what the other side said or handed in.

They may be read days later, when nights and days off are over: they name the day, and count none.
"""

from collections.abc import Mapping

from zhangfang_sdk.notices import NoticeKind

TO_CLIENT = "collab.answer"
TO_FIRM = "collab.assign"
TO_SECOND = "collab.escalated"

NOTICE_KINDS = (
    NoticeKind(
        "undone_after_filing", "申报后又有变动", "已申报的“{title}”又有变动", "{reason}。这个月已经申报,任务没有恢复,请判断要不要更正申报。",
        sms="已申报的事项又有变动,请登录查看", permission=TO_FIRM,
    ),
    NoticeKind(
        "soon", "待办快到期了", "“{title}”{due}前办好就行", "{note}", sms="{title},{due}前办好就行", permission=TO_CLIENT,
    ),
    NoticeKind(
        "today", "待办马上到期", "“{title}”{due}到期,请您处理", "{note}", sms="{title} {due}到期,请处理", permission=TO_CLIENT,
    ),
    NoticeKind(
        "late", "待办已逾期", "“{title}”已逾期,请马上处理", "应在 {due} 前办好。{effect}{note}", sms="{title}已逾期,请马上处理", permission=TO_CLIENT,
    ),
    NoticeKind("firm_soon", "我方任务快到期了", "{client}“{title}”{due}到期", permission=TO_FIRM),
    NoticeKind("firm_today", "我方任务马上到期", "{client}“{title}”{due}到期,还没办", permission=TO_FIRM),
    NoticeKind("firm_late", "我方任务已逾期", "{client}“{title}”已逾期", "应在 {due} 前办好。", permission=TO_FIRM),
    NoticeKind("client_late", "客户逾期", "{client}“{title}”逾期还没办好", "应在 {due} 前办好,{who},请联系客户。{note}", permission=TO_FIRM),
    NoticeKind(
        "escalated", "逾期升级", "{client}“{title}”逾期还没办好", "应在 {due} 前办好,{who}。{note}", sms="{title}应在{due}前办好,还没办",
        permission=TO_SECOND,
    ),
    NoticeKind(
        "nudged", "会计提醒", "请处理:{title}", "{due}到期。{note}", sms="请处理:{title},{due}到期", permission=TO_CLIENT,
    ),
    NoticeKind("letter", "客户收到来函", "{client}收到“{title}”", "最后期限 {due},请看清要求并安排。{note}", permission=TO_FIRM),
    NoticeKind("comment", "会计的留言", "{by}在“{title}”里留言", "{words}", permission=TO_CLIENT),
    NoticeKind("firm_comment", "客户的留言", "{client} {by}在“{title}”里留言", "{words}", permission=TO_FIRM),
    NoticeKind(
        "yearly", "年度事项", "请您办理:{title}", "{due}前要办完,打开就能看到要核对、要提供什么。", sms="请办理:{title},{due}前要办完", window=True,
        permission=TO_CLIENT,
    ),
)  # fmt: skip

TOLD: Mapping[str, str] = {
    **dict.fromkeys(("soon", "firm_soon"), "快到期了"),
    **dict.fromkeys(("today", "firm_today"), "马上到期"),
    **dict.fromkeys(("late", "firm_late"), "已逾期"),
    "escalated": "逾期还没办好,也告诉了别的人",
    "nudged": "会计提醒",
    "yearly": "年度事项",
}
"""What a task's trail says of a reminder, to both sides: "我方" is another one for each."""
