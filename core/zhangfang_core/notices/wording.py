"""What a parcel says by e-mail and by SMS. Pure: no database, no clock."""

from zhangfang_core.notices.parcels import Item, Parcel
from zhangfang_sdk.messages import Mail, TextMessage

ONE, SEVERAL = "notice", "notice_digest"
"""Our names of the words that the SMS vendor has on file, with the values ``text`` and ``count``."""


def mail_of(parcel: Parcel, firm: str, portal: str | None) -> Mail:
    """``portal`` is scheme and host by which people reach it; None where nobody told: the mail then says to sign in."""
    items = parcel.items
    subject = items[0].subject if len(items) == 1 else f"您有 {len(items)} 条新通知:{items[0].subject}等"
    parts = [_part(item, number, len(items), portal) for number, item in enumerate(items, 1)]
    foot = f"这封邮件由“{firm}”通过账房发送。要更改通知方式,请登录后打开“我的 → 联系方式与通知”。"
    return Mail(parcel.key, parcel.address, _one_line(subject), "\n\n".join([*parts, "--", foot]))


def _part(item: Item, number: int, count: int, portal: str | None) -> str:
    lead = f"{number}. " if count > 1 else ""
    where = f"查看:{portal}{item.link}" if portal else "请登录账房查看。"
    return "\n".join(line for line in (f"{lead}{item.title}({item.client})", item.text, where) if line)


def text_of(parcel: Parcel) -> TextMessage:
    if len(parcel.items) == 1:
        return TextMessage(parcel.key, parcel.address, ONE, {"text": _one_line(parcel.items[0].sms)})
    return TextMessage(parcel.key, parcel.address, SEVERAL, {"count": str(len(parcel.items))})


def _one_line(text: str) -> str:
    """A line break in a subject would begin another header."""
    return " ".join(text.split())
