"""One invoice of the client that is open, made up."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_sdk.context import scope
from zhangfang_sdk.invoices import (
    Before,
    Invoice,
    InvoiceDirection,
    InvoiceQuery,
    InvoiceSource,
    InvoiceState,
    InvoiceSums,
    Party,
)
from zhangfang_witness.noting import note
from zhangfang_witness.tables import Sight

RECEIVED = frozenset({InvoiceDirection.RECEIVED})


def _invoice(client: int) -> Invoice:
    return Invoice(
        id=1,
        client=client,
        direction=InvoiceDirection.RECEIVED,
        state=InvoiceState.BOOKED,
        kind="数电普票",
        number="26332000000000000001",
        issued_on=dt.date(2025, 1, 5),
        seller=Party("见证商行"),
        buyer=Party("客户"),
        amount=100,
        tax=3,
        total=103,
    )


async def page(query: InvoiceQuery, before: Before | None, limit: int) -> Sequence[Invoice]:
    note("invoices")
    return [_invoice(query.client)] if query.client is not None and before is None else []


async def get(ids: Sequence[int]) -> Sequence[Invoice]:
    seen = await Sight.select(Sight.client).first()
    return [_invoice(scope().client or seen["client"])] if seen else []


async def sums(query: InvoiceQuery) -> InvoiceSums:
    return InvoiceSums(1, 100, 3, 103) if query.client is not None else InvoiceSums()


PAPERS = InvoiceSource("papers", "见证票夹", RECEIVED, page, get, sums)
