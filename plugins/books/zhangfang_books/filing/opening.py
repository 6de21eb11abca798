"""Which returns are due when, and their rows in the register: one for each client, tax and period."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from zhangfang_books.figures.service import Span
from zhangfang_books.filing.tables import FilingRow
from zhangfang_books.tax.chosen import TaxSettings, chosen_for
from zhangfang_sdk import use
from zhangfang_sdk.calendar import Calendar, TaxDeadline
from zhangfang_sdk.clients import Client, Clients, TaxpayerKind
from zhangfang_sdk.context import transaction
from zhangfang_sdk.filings import FilingStep
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tax_figures import Tax

BACK, AHEAD = dt.timedelta(days=45), dt.timedelta(days=62)
AT_ONCE = 100
TAXES: Mapping[str, tuple[Tax, ...]] = {
    "vat": (Tax.VAT, Tax.SURCHARGES),
    "iit_withholding": (Tax.IIT,),
    "cit_prepayment": (Tax.CIT,),
    "stamp_duty": (Tax.STAMP,),
}
"""What the calendar calls a tax → the returns that are due with it."""

Deadlines = Mapping[TaxpayerKind, Sequence[TaxDeadline]]


async def open_all() -> None:
    """The daily job: every client of the firm, some at a time."""
    async with transaction():
        ids = [client.id for client in await use(Clients).clients()]
    for start in range(0, len(ids), AT_ONCE):
        async with transaction():
            await open_returns(ids[start : start + AT_ONCE])


async def open_returns(clients: Sequence[int]) -> int:
    """Rows for what these clients have to file around today; those that are there keep their state, with the day that holds now.

    Returns how many are new. In the caller's transaction.
    """
    known: dict[str, Deadlines] = {}
    new = 0
    for id_ in clients:
        client = await use(Clients).client(id_)
        profile = await use(Clients).profile(id_)
        address = profile.registered_address
        area = "" if address is None else address.value.area
        if area not in known:
            known[area] = await _deadlines(area)
        new += await _keep(client, known[area], await chosen_for(id_))
    return new


async def _deadlines(area: str) -> Deadlines:
    first, last = today() - BACK, today() + AHEAD
    return {payer: await use(Calendar).tax_deadlines(first, last, payer, area=area) for payer in TaxpayerKind}


async def _keep(client: Client, deadlines: Deadlines, chosen: TaxSettings) -> int:
    wanted = dict(returns_due(client, deadlines, chosen))
    rows = [
        FilingRow(client=client.id, tax=span.tax.value, first=span.first.number, last=span.last.number, due=due)
        for span, due in wanted.items()
    ]
    if not rows:
        return 0
    made = await FilingRow.insert(*rows).on_conflict(action="DO NOTHING").returning(FilingRow.id)
    if len(made) < len(rows):
        await _move(client.id, wanted)
    return len(made)


async def _move(client: int, wanted: Mapping[Span, dt.date]) -> None:
    """The firm or the calendar has moved a day since."""
    known = await FilingRow.select(FilingRow.id, FilingRow.tax, FilingRow.first, FilingRow.last, FilingRow.due).where(
        FilingRow.client == client, FilingRow.step < FilingStep.FILED, FilingRow.due >= today() - BACK
    )
    for row in known:
        span = Span(Tax(row["tax"]), Period.from_number(row["first"]), Period.from_number(row["last"]))
        if span in wanted and wanted[span] != row["due"]:
            await FilingRow.update({FilingRow.due: wanted[span]}).where(FilingRow.id == row["id"])


def returns_due(client: Client, deadlines: Deadlines, chosen: TaxSettings) -> Iterator[tuple[Span, dt.date]]:
    """Returns of months in which the books had started, each with its last day. Pure."""
    starts = Period.of(client.books_start)
    for deadline in deadlines[client.taxpayer_kind]:
        if deadline.tax == "vat" and client.taxpayer_kind is TaxpayerKind.SMALL_SCALE and chosen.vat_period == "month":
            continue
        yield from _spans(deadline, starts, chosen)
    if client.taxpayer_kind is TaxpayerKind.SMALL_SCALE and chosen.vat_period == "month":
        for deadline in deadlines[TaxpayerKind.GENERAL]:
            if deadline.tax == "vat":
                yield from _spans(deadline, starts, chosen)


def _spans(deadline: TaxDeadline, starts: Period, chosen: TaxSettings) -> Iterator[tuple[Span, dt.date]]:
    for tax in TAXES.get(deadline.tax, ()):
        first, last = months_of(deadline.covers)
        if last >= starts and (tax is not Tax.CIT or chosen.income_tax == "corporate"):
            yield Span(tax, first, last), deadline.due


def months_of(covers: str) -> tuple[Period, Period]:
    """ "2026-10" and "2026Q3" as the calendar writes them."""
    year, quarter, number = covers.partition("Q")
    if quarter:
        last = Period(int(year), int(number) * 3)
        return last.plus(-2), last
    return Period.parse(covers), Period.parse(covers)
