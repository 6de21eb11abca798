"""Months that a page of the books offers to choose from."""

from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

MONTHS_OFFERED = 36


async def months_offered(client: int | None) -> list[tuple[str, str]]:
    """Keys and labels, newest first: from the start of the client's books to now, three years at most; an auditor's are those of the link."""
    years = scope().years
    if years is not None:
        told = [Period(year, month) for year in sorted(years, reverse=True) for month in range(12, 0, -1)]
        return [(month.key, month.label) for month in told if month <= Period.current()]
    offered = [Period.current().plus(-back) for back in range(MONTHS_OFFERED)]
    if client is not None:
        start = Period.of((await use(Clients).client(client)).books_start)
        offered = [month for month in offered if month >= start]
    return [(month.key, month.label) for month in offered]


def month_asked(key: str | None) -> Period:
    """The running month where none is asked for. Raises Refusal ``period.wrong`` as ``Period.parse``."""
    return Period.parse(key) if key else Period.current()
