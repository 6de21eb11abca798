"""Telling people of alerts that opened: a window and a message for what is severe, one for each scan."""

from collections.abc import Sequence

from zhangfang_risk_rules.alerts.keeping import Opened
from zhangfang_sdk import use
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.notices import Notice, NoticeKind, Notices

MOST_SENTENCES = 3
NOTICE_KINDS = (
    NoticeKind(
        "found", "严重的风险提醒", "{title}", "{body}", subject="{title}", mail="{body}", sms="{title},请登录查看", urgent=True,
        permission="alerts.read",
    ),
)  # fmt: skip


async def tell(client: int, opened: Sequence[Opened]) -> None:
    """Those of HIGH and above, the worst first; what is less waits in the list."""
    severe = sorted((one for one in opened if one.level >= Severity.HIGH), key=lambda one: (-one.level, one.id))
    if not severe:
        return
    several = len(severe) > 1
    title = f"{severe[0].title}等 {len(severe)} 项风险提醒" if several else severe[0].title
    body = " ".join(one.sentence for one in severe[:MOST_SENTENCES])
    key = f"found:{max(one.id for one in severe)}:{len(severe)}"
    await use(Notices).send(
        Notice(client, "risk_rules.found", key, "/risks" if several else f"/risks/{severe[0].id}", {"title": title, "body": body})
    )
