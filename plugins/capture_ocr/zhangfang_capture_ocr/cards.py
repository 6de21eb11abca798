"""The card 待处理票据 of the cockpit, the picture of a file that browsers cannot show, and input tax beside the month's taxes."""

from typing import Any

from zhangfang_capture_ocr.input_tax import Standing, register
from zhangfang_capture_ocr.services import listing
from zhangfang_capture_ocr.services.pictures import picture_of
from zhangfang_capture_ocr.states import BUSY, TO_REVIEW, ItemState
from zhangfang_capture_ocr.stored_readings import reading_of
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.clients import Clients, TaxpayerKind
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

SHOWN = 3


async def pending(client: int, period: str) -> dict[str, Any] | None:
    """Files of the client that are in work or were returned; stays away when there are none. ``period`` does not matter."""
    states = sorted({*BUSY, *TO_REVIEW, ItemState.RETURNED})
    count = int(await Item.count().where(Item.client == client, Item.state.is_in(states)))
    if not count:
        return None
    return {"count": count, "rows": await listing.pending(client, states, SHOWN)}


async def drawn(client: int, document: str) -> dict[str, Any] | None:
    """The invoices of a file, each as it was read, laid out or drawn; stays away from files that hold none."""
    items = (
        await Item.objects().where(Item.client == client, Item.document == int(document)).order_by(Item.id).limit(SHOWN)
    )
    rows = {
        row["item"]: row for row in await Invoice.select().where(Invoice.item.is_in([item.id for item in items] or [0]))
    }
    pictures = [
        await picture_of(item, rows[item.id], reading_of(rows[item.id]), frozenset())
        for item in items
        if item.id in rows
    ]
    shown = [picture for picture in pictures if picture is not None]
    return {"pictures": shown} if shown else None


async def deductions(client: int, period: str) -> dict[str, Any] | None:
    """What is deducted in a month by the register and by the books; stays away from those who deduct nothing."""
    if (await use(Clients).client(client)).taxpayer_kind is not TaxpayerKind.GENERAL:
        return None
    found = await register(client, Period.parse(period))
    return {"month": found.month, "tie": found.deducted, "waiting": found.sum_of(Standing.WAITING)}
