"""Facts of the platform that are arrivals: files whose name says that they are bank statements, a month's input invoices all checked."""

import datetime as dt
from collections.abc import Iterable, Sequence

from zhangfang_collab import arrivals
from zhangfang_collab.statement_names import is_statement, month_in, reach
from zhangfang_collab.steps import open_asking
from zhangfang_collab.tables import ArrivalRow, Task
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.documents import Document, Documents
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceQuery, Invoices, InvoiceState
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period, today
from zhangfang_sdk.tasks import Arrival, AskedFor

ALL = "all"
"""The reference of a month's invoices: there is one such fact a month."""


async def documents_stored(ids: Sequence[int]) -> None:
    """Bank statements among new files close the task that asks for them."""
    for document in await use(Documents).documents(ids):
        reference = f"document:{document.id}"
        client = await use(Clients).client(document.client)
        if is_statement(document.name, client.name) and not await ArrivalRow.exists().where(
            (ArrivalRow.client == document.client) & (ArrivalRow.reference == reference)
        ):
            covers = await _covers(document)
            until = reach(document.name, covers, _day(document))
            await arrivals.arrived(
                Arrival(document.client, AskedFor.BANK_STATEMENT, covers, reference, document.name, document.id, until)
            )


def _day(document: Document) -> dt.date:
    return document.stored_at.astimezone(BUSINESS_TIME_ZONE).date()


async def _covers(document: Document) -> Period:
    """The month in its name, else that of the oldest open task which asks for a statement, else the month before."""
    stored = Period.of(_day(document))
    if (named := month_in(document.name, stored)) is not None:
        return named
    (asked,) = await Task.raw(
        """select min(covers) as covers from collab_task
        where firm = {} and client = {} and done_at is null and covers % 100 > 0 and steps @> {}::jsonb""",
        firm_in_scope(),
        document.client,
        open_asking(AskedFor.BANK_STATEMENT),
    )
    return stored.plus(-1) if asked["covers"] is None else Period.from_number(asked["covers"])


async def invoices_read(keys: Sequence[str]) -> None:
    """A month's input invoices: all of them looked at, or again not."""
    found = [i for i in await use(Invoices).get(keys) if i.direction is InvoiceDirection.RECEIVED]
    to_check = {(i.client, Period.of(i.issued_on)) for i in found if i.state is InvoiceState.READ}
    for client, month in sorted({(i.client, Period.of(i.issued_on)) for i in found}):
        await judge_invoices(client, month, came=(client, month) in to_check)


async def judge_invoices(client: int, month: Period, *, came: bool = False) -> None:
    """Tell whether all input invoices of a month that is over are checked, and of any month that one to be checked ``came``: who said by hand that
    all were there did not know of it."""
    is_over = month < Period.current()
    if not (is_over or came):
        return
    open_ = await _count(client, month, {InvoiceState.READ})
    good = await _count(client, month, {InvoiceState.CHECKED, InvoiceState.BOOKED})
    if open_ or not good:
        reason = f"又有 {open_} 张进项发票待核对" if open_ else "没有核对过的进项发票了"
        tell = arrivals.contradicted if came and open_ else arrivals.undone
        await tell(client, AskedFor.INPUT_INVOICES, month, ALL, reason)
    elif is_over:
        what = f"{good} 张进项发票都已核对"
        await arrivals.arrived(Arrival(client, AskedFor.INPUT_INVOICES, month, ALL, what))


async def _count(client: int, month: Period, states: Iterable[InvoiceState]) -> int:
    query = InvoiceQuery(client, month, month, InvoiceDirection.RECEIVED, frozenset(states))
    return (await use(Invoices).sums(query)).count


async def judge_last_month() -> None:
    """``collab.last_month``: on the first day, the invoices of the month that is over, where a task asks for them."""
    month = Period.of(today()).plus(-1)
    async with transaction():
        rows = await Task.raw(
            "select distinct client from collab_task where firm = {} and covers = {} and steps @> {}::jsonb order by client",
            firm_in_scope(),
            month.number,
            open_asking(AskedFor.INPUT_INVOICES),
        )
    for client in [row["client"] for row in rows]:
        async with transaction():
            await judge_invoices(client, month)
