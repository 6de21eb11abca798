"""Reading the cockpit: one query for all figures and months, whatever the number of vouchers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_dashboard.figures import MONTHS_READ, Figure, TrendPoint, figures_of, same_days, trend
from zhangfang_dashboard.rights import require_figure, visible
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.measures import AccountShare, Definition, MeasureEntry, Measures
from zhangfang_sdk.periods import Period, today


@dataclass(frozen=True, slots=True)
class Cockpit:
    """Only figures that the actor may see are in ``figures`` and ``trends``; those of plugins stand in ``added`` too.

    ``is_closed`` tells a month whose books are complete.

    ``until`` is today in a month that still runs: its figures are compared with the same day of other months; else None.
    Those of a month to come are compared with nothing.
    """

    period: Period
    figures: dict[str, Figure]
    trends: dict[str, list[TrendPoint]]
    costs: Sequence[AccountShare]
    is_closed: bool
    until: dt.date | None
    books_start: Period
    added: Sequence[Definition]


async def cockpit(client: int, period: Period) -> Cockpit:
    """Raises Refusal ``common.not_found`` for a client that the actor may not see."""
    start = Period.of((await use(Clients).client(client)).books_start)
    may_see = await visible(client)
    seen = may_see.keys
    months = max(1, (period.year - start.year) * 12 + period.month - start.month + 1)
    series = await use(Measures).series(client, seen, period.plus(1 - MONTHS_READ), period)
    day = today()
    until = day if period.first_day <= day < period.last_day else None
    so_far = None if until is None else await use(Measures).on_days(client, seen, same_days(until))
    if day < period.first_day:
        so_far = {}
    figures = figures_of(series, months, so_far)
    closed = await use(Ledger).closed_through(client)
    return Cockpit(
        period=period,
        figures=figures,
        trends={key: trend(series[key], months, figures[key]) for key in ("sales", "net_profit") if key in series},
        costs=await use(Measures).by_account(client, "operating_expenses", period)
        if "operating_expenses" in seen
        else (),
        is_closed=closed is not None and period <= closed,
        until=until,
        books_start=start,
        added=[added for added in may_see.of_plugins if added.key in figures],
    )


@dataclass(frozen=True, slots=True)
class Explained:
    """Where a figure comes from: its definition, the accounts behind it, and the newest entries of the month."""

    definition: Definition
    amount: int
    shares: Sequence[AccountShare]
    entries: Sequence[MeasureEntry]


async def explain(client: int, key: str, period: Period) -> Explained:
    """Raises Refusal ``common.not_found`` for a figure that the actor may not see, ``dashboard.figure_away`` for a plugin's that fails."""
    await require_figure(client, key)
    measures = use(Measures)
    definition = await measures.definition(key, client=client)
    series = await measures.series(client, [key], period, period)
    if key not in series:
        raise Refusal("dashboard.figure_away", f"“{definition.title}”暂时算不出来,请稍后再看。", status=503)
    shares = await measures.by_account(client, key, period)
    return Explained(definition, series[key][0], shares, await measures.entries(client, key, period))
