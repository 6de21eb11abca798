"""What waits for people: a return for the boss's word, and what falls due for the accountant."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from piccolo.query.methods.select import Select

from zhangfang_books.filing.service import filing_of, title_of
from zhangfang_books.filing.tables import FilingRow
from zhangfang_sdk.context import scope
from zhangfang_sdk.filings import FilingStep
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import today
from zhangfang_sdk.tasks import return_filed
from zhangfang_sdk.waiting import SOON_DAYS, Urgency, WaitingItem, about


async def to_confirm(limit: int) -> Sequence[WaitingItem]:
    """Of the client that is open, or of all in scope."""
    rows = FilingRow.select().where(FilingRow.step == FilingStep.FIGURES).order_by(FilingRow.due, FilingRow.id).limit(limit)
    return await _items(rows, "去确认", "会计")


async def due_soon(limit: int) -> Sequence[WaitingItem]:
    """Not filed within three days of the last day, the late ones first."""
    until = today() + dt.timedelta(days=SOON_DAYS)
    late = FilingRow.select().where(FilingRow.step < FilingStep.FILED, FilingRow.due <= until)
    return await _items(late.order_by(FilingRow.due, FilingRow.id).limit(limit), "去申报", "税务局")


async def _items(rows: Select[Any], button: str, whom: str) -> list[WaitingItem]:
    client = scope().client
    found = [filing_of(row) for row in await (rows if client is None else rows.where(FilingRow.client == client))]
    return [
        WaitingItem(
            f.client, title_of(f), button, f"/books/filings/{f.id}", Urgency.of(f.due, today()), whom,
            "" if f.payable is None else f"应缴 {yuan(f.payable)} 元", f.due, about(return_filed(f.tax), f.last),
        )
        for f in found
    ]  # fmt: skip
