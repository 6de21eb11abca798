"""Red dots of messages."""

from zhangfang_core.notices.service import TOPIC
from zhangfang_core.notices.tables import NoticeRow
from zhangfang_sdk.context import scope
from zhangfang_sdk.web import Badge


async def unread_count() -> int:
    """How many messages the person in scope has not read yet."""
    if scope().user is None:
        return 0
    return int(await NoticeRow.count().where(NoticeRow.read_at.is_null()))


MESSAGE_BADGES = (Badge("messages", unread_count, (TOPIC,)),)
