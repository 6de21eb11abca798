"""Telling people of alerts that opened: a window and a message for what is severe, one for each scan."""

from collections.abc import Sequence

from zhangfang_risk_rules.alerts.keeping import Opened
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import use
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.contacts import Contacts
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.invoices import Invoice
from zhangfang_sdk.notices import Notice, NoticeKind, Notices

MOST_SENTENCES = 3
NOTICE_KINDS = (
    NoticeKind(
        "found", "严重的风险提醒", "{title}", "{body}", subject="{title}", mail="{body}", sms="{title},请登录查看", urgent=True,
        permission="alerts.read",
    ),
    NoticeKind("listed", "客户的严重风险", "{title}", "{body}", subject="{title}", mail="{body}", permission="alerts.read"),
    NoticeKind("assigned", "指派给我的风险提醒", "{who}请您处理:{title}", "{sentence}", permission="risk_rules.resolve"),
    NoticeKind("contact", "请联系会计", "您上传的一张发票,请联系会计", "交回单据或继续收货以前,请先给会计打个电话。", permission="documents.upload"),
    NoticeKind("checkup", "体检报告", "{month}的税务体检报告做好了", "得分、没有处理完的提醒、做了什么,都在报告里。", permission="alerts.read"),
)  # fmt: skip


async def tell(client: int, opened: Sequence[Opened]) -> None:
    """Those of HIGH and above, the worst first; what is less waits in the list.

    A window for the client's people, whose money it is; a message for the firm's, who have many clients.
    """
    severe = sorted((one for one in opened if one.level >= Severity.HIGH), key=lambda one: (-one.level, one.id))
    if not severe:
        return
    several = len(severe) > 1
    title = f"{severe[0].title}等 {len(severe)} 项风险提醒" if several else severe[0].title
    body = " ".join(one.sentence for one in severe[:MOST_SENTENCES])
    key = f"found:{max(one.id for one in severe)}:{len(severe)}"
    link, words = "/risks" if several else f"/risks/{severe[0].id}", {"title": title, "body": body}
    theirs = frozenset(reach.person for reach in await use(Contacts).of_client(client))
    firm = await use(Contacts).of_firm()
    ours = [colleague for colleague in firm if colleague.looks_after(client)] or firm
    await use(Notices).send(Notice(client, "risk_rules.found", key, link, words, people=theirs))
    await use(Notices).send(Notice(client, "risk_rules.listed", key, link, words, people=frozenset(c.person for c in ours)))


async def tell_assigned(row: Alert, person: int, who: str) -> None:
    """Somebody of the firm was given it."""
    words = {"who": who, "title": row.title, "sentence": row.sentence}
    key = f"assigned:{row.id}:{person}:{row.opened}"
    await use(Notices).send(Notice(row.client, "risk_rules.assigned", key, f"/risks/{row.id}", words, people=frozenset({person})))


async def tell_uploaders(client: int, invoices: Sequence[Invoice]) -> None:
    """Whoever uploaded one of these hears that they should call the accountant, and not why: a driver reads no alerts."""
    documents = await use(Documents).documents([i.document for i in invoices if i.document is not None])
    people = {person.name: person.person for person in await use(Contacts).of_client(client)} if documents else {}
    for document in documents:
        if document.stored_by in people:
            told = frozenset({people[document.stored_by]})
            await use(Notices).send(Notice(client, "risk_rules.contact", f"contact:{document.id}", f"/documents/{document.id}", people=told))
