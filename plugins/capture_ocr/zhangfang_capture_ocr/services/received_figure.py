"""How many invoices a client received in a month, by their dates of issue: a figure for everybody who shows figures."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_capture_ocr.services import invoice_source
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceQuery
from zhangfang_sdk.measures import Measure, MeasureEntry, Unit
from zhangfang_sdk.periods import Period


def _received(client: int, first: Period, last: Period) -> InvoiceQuery:
    return InvoiceQuery(client, first, last, InvoiceDirection.RECEIVED)


async def series(client: int, first: Period, last: Period) -> Sequence[int]:
    """See Measure."""
    counted = await invoice_source.by_month(_received(client, first, last))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return [counted.get(first.plus(n), 0) for n in range(months)]


async def on_days(client: int, days: Sequence[dt.date]) -> Sequence[int]:
    """See Measure."""
    spans = [(day.replace(day=1), day) for day in days]
    query = InvoiceQuery(client, direction=InvoiceDirection.RECEIVED)
    counted = await invoice_source.by_day(query, spans)
    return [sum(count for day, count in counted.items() if first <= day <= last) for first, last in spans]


async def entries(client: int, period: Period, limit: int) -> Sequence[MeasureEntry]:
    """See Measure."""
    found = await invoice_source.with_items(_received(client, period, period), limit)
    return [
        MeasureEntry(
            row["issued_on"],
            row["seller_name"] or row["number"],
            1,
            f"/capture/items/{row['item']}",
            f"{row['kind']} {row['number']}".strip(),
            row["document"],
        )
        for row in found
    ]


MEASURE = Measure(
    "capture_ocr.received",
    "本月收到发票",
    "开票日期在本月、已经采集的进项发票张数,退回和作废的不算。",
    Unit.COUNT,
    "capture_ocr.read",
    series,
    entries,
    on_days,
    word="张",
)
