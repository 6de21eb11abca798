"""The board of all clients' returns: one page of rows, and counts by state, which take longer and come after it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from piccolo.columns.combination import And, WhereRaw
from piccolo.query.methods.select import SelectRaw

from zhangfang_books.filing.service import filing_of
from zhangfang_books.filing.tables import FilingRow
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.periods import today
from zhangfang_sdk.references import ClientKey

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
_WHICH: Mapping[str, str] = {
    "late": "books_filing.step < 3 and books_filing.due < '{day}'",
    "open": "books_filing.step = 0 and books_filing.due >= '{day}'",
    "figures": "books_filing.step = 1 and books_filing.due >= '{day}'",
    "confirmed": "books_filing.step = 2 and books_filing.due >= '{day}'",
    "unpaid": "books_filing.step = 3 and books_filing.payable > 0",
    "done": "(books_filing.step = 4 or books_filing.step = 3 and coalesce(books_filing.payable, 0) <= 0)",
}
"""Each return is in one of them; as ``state_of`` says it of one."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    filing: Filing
    client_name: str
    state: str


@dataclass(frozen=True, slots=True)
class Board:
    """One page of rows; ``more``: another page follows."""

    rows: Sequence[BoardRow]
    more: bool


async def board(client: int | None, *, first: dt.date, state: str, part: int) -> Board:
    """Returns due from ``first`` to a month from today, the soonest first; ``state`` one of STATES or "" for what is not done."""
    which = _which()
    wanted = WhereRaw(which[state]) if state in which else WhereRaw(f"not {which['done']}")
    rows = (
        await FilingRow.select(*FilingRow.all_columns(exclude=[FilingRow.lines]))
        .where(_within(client, first), wanted)
        .order_by(FilingRow.due, FilingRow.id)
        .limit(PAGE_LENGTH + 1)
        .offset((max(part, 1) - 1) * PAGE_LENGTH)
    )
    names = await _names({row["client"] for row in rows})
    filings = [filing_of(row) for row in rows[:PAGE_LENGTH]]
    return Board([BoardRow(f, names[f.client], state_of(f)) for f in filings], len(rows) > PAGE_LENGTH)


async def counted(client: int | None, *, first: dt.date) -> Mapping[str, int]:
    """How many returns of the board's days are in each state that has any."""
    # In one pass: grouped, the rows of all clients would be sorted first.
    each = [SelectRaw(f"count(*) filter (where {condition}) as {name}") for name, condition in _which().items()]
    found = await FilingRow.select(*each).where(_within(client, first)).first()
    return {name: count for name, count in (found or {}).items() if count}


def _which() -> Mapping[str, str]:
    return {name: condition.format(day=today().isoformat()) for name, condition in _WHICH.items()}


def _within(client: int | None, first: dt.date) -> And:
    within = (FilingRow.due >= first) & (FilingRow.due <= today() + AHEAD)
    return within if client is None else within & (FilingRow.client == client)


async def _names(clients: set[int]) -> dict[int, str]:
    """Asked apart: joined, the walls of all clients would be looked at for one page of rows."""
    if not clients:
        return {}
    return {row["id"]: row["name"] for row in await ClientKey.select(ClientKey.id, ClientKey.name).where(ClientKey.id.is_in(sorted(clients)))}


def state_of(filing: Filing) -> str:
    """As the board says it."""
    if filing.step < FilingStep.FILED and filing.due < today():
        return "late"
    by_step = {FilingStep.OPEN: "open", FilingStep.FIGURES: "figures", FilingStep.CONFIRMED: "confirmed"}
    if filing.step in by_step:
        return by_step[filing.step]
    return "unpaid" if filing.step is FilingStep.FILED and (filing.payable or 0) > 0 else "done"
