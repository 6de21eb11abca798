"""The board of all clients' returns: counts by state, and one page of rows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from piccolo.columns.combination import WhereRaw
from piccolo.query.methods.select import SelectRaw
from piccolo.querystring import QueryString

from zhangfang_books.filing.service import filing_of
from zhangfang_books.filing.tables import FilingRow
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.periods import today

PAGE_LENGTH = 50
AHEAD = dt.timedelta(days=31)
STATES: Mapping[str, str] = {
    "late": "已逾期",
    "open": "待算税",
    "figures": "待客户确认",
    "confirmed": "待申报",
    "unpaid": "待缴款",
    "done": "已完成",
}
_CASE = """case when books_filing.step < 3 and books_filing.due < '{day}' then 'late' when books_filing.step = 0 then 'open'
    when books_filing.step = 1 then 'figures' when books_filing.step = 2 then 'confirmed'
    when books_filing.step = 3 and coalesce(books_filing.payable, 0) > 0 then 'unpaid' else 'done' end"""


@dataclass(frozen=True, slots=True)
class BoardRow:
    filing: Filing
    client_name: str
    state: str


@dataclass(frozen=True, slots=True)
class Board:
    """``counts`` by state of all that is due from ``first`` on."""

    rows: Sequence[BoardRow]
    counts: Mapping[str, int]
    total: int


async def board(client: int | None, *, first: dt.date, state: str, part: int) -> Board:
    """Returns due from ``first`` to a month from today, the soonest first; ``state`` one of STATES or "" for what is not done."""
    within = (FilingRow.due >= first) & (FilingRow.due <= today() + AHEAD)
    if client is not None:
        within = within & (FilingRow.client == client)
    case = _CASE.format(day=today().isoformat())
    counted = await FilingRow.select(SelectRaw(f"{case} as state"), SelectRaw("count(*) as count")).where(within).group_by(
        QueryString("state")
    )
    counts = {row["state"]: row["count"] for row in counted}
    wanted = WhereRaw(f"{case} = '{state}'") if state in STATES else WhereRaw(f"{case} <> 'done'")
    total = counts.get(state, 0) if state in STATES else sum(n for s, n in counts.items() if s != "done")
    rows = (
        await FilingRow.select(*FilingRow.all_columns(exclude=[FilingRow.lines]), FilingRow.client.name, SelectRaw(f"{case} as state"))
        .where(within, wanted)
        .order_by(FilingRow.due, FilingRow.id)
        .limit(PAGE_LENGTH)
        .offset((max(part, 1) - 1) * PAGE_LENGTH)
    )
    return Board([BoardRow(filing_of(row), row["client.name"], row["state"]) for row in rows], counts, total)


def state_of(filing: Filing) -> str:
    """As the board says it."""
    if filing.step < FilingStep.FILED and filing.due < today():
        return "late"
    by_step = {FilingStep.OPEN: "open", FilingStep.FIGURES: "figures", FilingStep.CONFIRMED: "confirmed"}
    if filing.step in by_step:
        return by_step[filing.step]
    return "unpaid" if filing.step is FilingStep.FILED and (filing.payable or 0) > 0 else "done"
