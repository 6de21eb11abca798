"""月结进度: which of the firm's clients stands where, those with most to do first."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.month_states import MonthState, MonthStates
from zhangfang_sdk.periods import Period

ORDER = {"drafts": 0, "open": 1, "empty": 2, "ready": 3, "before": 4, "closed": 5}


@dataclass(frozen=True, slots=True)
class WallEntry:
    """``state``: "closed", "ready" (nothing stands in the way), "open" (损益 not carried over), "drafts", "empty" (nothing booked yet) or
    "before" (the month lies before the client's books)."""

    client: Client
    state: str
    month: MonthState


async def wall(month: Period) -> list[WallEntry]:
    """All clients that the actor may see."""
    states = {s.client: s for s in await use(MonthStates).month_states(month)}
    entries = []
    for client in await use(Clients).clients():
        found = states.get(client.id, MonthState(client.id, 0, 0, None))
        entries.append(WallEntry(client, _state(client, found, month), found))
    return sorted(entries, key=lambda e: (ORDER[e.state], -e.month.drafts, -e.month.unbooked, e.client.name))


def counted(entries: Sequence[WallEntry]) -> dict[str, int]:
    return {state: n for state in ORDER if (n := sum(e.state == state for e in entries))}


def _state(client: Client, found: MonthState, month: Period) -> str:
    if month < Period.of(client.books_start):
        return "before"
    if found.closed_through is not None and month <= found.closed_through:
        return "closed"
    if found.drafts:
        return "drafts"
    if found.open_results:
        return "open"
    return "ready" if found.posted else "empty"
