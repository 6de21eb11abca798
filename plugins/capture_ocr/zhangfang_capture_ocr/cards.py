"""The card 待处理票据 of the cockpit."""

from typing import Any

from zhangfang_capture_ocr.services import listing
from zhangfang_capture_ocr.states import BUSY, TO_REVIEW, ItemState
from zhangfang_capture_ocr.tables import Item

SHOWN = 3


async def pending(client: int, period: str) -> dict[str, Any] | None:
    """Files of the client that are in work or were returned; stays away when there are none. ``period`` does not matter."""
    states = sorted({*BUSY, *TO_REVIEW, ItemState.RETURNED})
    count = int(await Item.count().where(Item.client == client, Item.state.is_in(states)))
    if not count:
        return None
    return {"count": count, "rows": await listing.pending(client, states, SHOWN)}
