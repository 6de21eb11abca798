"""Red dots of messages."""

from typing import Any

from zhangfang_core.notices.log import count_uncertain
from zhangfang_core.notices.service import TOPIC
from zhangfang_core.notices.tables import NoticeRow
from zhangfang_sdk.context import scope
from zhangfang_sdk.web import Badge


async def unread_count() -> int:
    """How many messages the person in scope has not read yet."""
    if scope().user is None:
        return 0
    return int(await NoticeRow.count().where(NoticeRow.read_at.is_null()))


async def urgent_unread() -> list[dict[str, Any]]:
    """What is urgent and not read by the person in scope, oldest first."""
    if scope().user is None or scope().firm is None:
        return []
    wanted = (NoticeRow.id, NoticeRow.title, NoticeRow.body, NoticeRow.created_at)
    return (
        await NoticeRow.select(*wanted)
        .where(NoticeRow.urgent.eq(True), NoticeRow.read_at.is_null())
        .order_by(NoticeRow.id)
    )


MESSAGE_BADGES = (Badge("messages", unread_count, (TOPIC,)), Badge("deliveries", count_uncertain, (TOPIC,)))
