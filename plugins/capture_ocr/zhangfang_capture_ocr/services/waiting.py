"""What waits for somebody in this plugin: returned files for the client's people, files to review for the firm's."""

from collections.abc import Sequence
from dataclasses import dataclass

from piccolo.query.functions.aggregate import Count, Min

from zhangfang_capture_ocr.moments import day_of, now
from zhangfang_capture_ocr.states import ItemState
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.context import scope
from zhangfang_sdk.settings import settings
from zhangfang_sdk.waiting import Urgency, WaitingItem


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """What the firm has had for ``prompt_days`` is late, and from the first day on due today."""

    prompt_days: int


async def returned(limit: int) -> Sequence[WaitingItem]:
    """Files that went back to the open client and were not sent again, newest first; nothing for the firm's people."""
    client = scope().client
    if client is None or scope().staff:
        return []
    items = (
        await Item.objects()
        .where(Item.client == client, Item.state == ItemState.RETURNED)
        .order_by(Item.id, ascending=False)
        .limit(limit)
    )
    sellers = await _sellers([item.id for item in items])
    return [
        WaitingItem(
            client=client,
            title=f"重新提供票据:{sellers.get(item.id) or item.name}"[:120],
            button="去处理",
            path=f"/capture/items/{item.id}",
            urgency=Urgency.TODAY,
            from_whom="会计退回",
            note=item.refusal_sentence,
        )
        for item in items
    ]


async def _sellers(items: Sequence[int]) -> dict[int, str]:
    if not items:
        return {}
    rows = await Invoice.select(Invoice.item, Invoice.seller_name).where(Invoice.item.is_in(list(items)))
    return {row["item"]: row["seller_name"] for row in rows}


async def to_review(limit: int) -> Sequence[WaitingItem]:
    """One line a client whose readings somebody has to look at, the longest wait first; of the open client where one is open.

    What was read without a doubt waits as a voucher, where vouchers are reviewed.
    """
    query = (
        Item.select(Item.client, Count(alias="files"), Min(Item.created_at, alias="since"))
        .where(Item.state == ItemState.NEEDS_REVIEW)
        .group_by(Item.client)
        .order_by(Min(Item.created_at))
        .limit(limit)
    )
    client = scope().client
    prompt_days = (await settings("capture_ocr", ReviewSettings)).prompt_days
    return [
        WaitingItem(
            client=row["client"],
            title=f"{row['files']} 张票据等核对",
            button="去核对",
            path="/desk",
            urgency=Urgency.LATE if (now() - row["since"]).days >= prompt_days else Urgency.TODAY,
            note=f"最早 {day_of(row['since'])}",
        )
        for row in await (query if client is None else query.where(Item.client == client))
    ]
