"""The cockpit, its live part, and the way down from a figure."""

from typing import Any

from litestar import Request

from zhangfang_dashboard import services
from zhangfang_sdk import use
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period, today
from zhangfang_sdk.waiting import Waiting
from zhangfang_sdk.web import CLIENT, Page, page

PERIODS_OFFERED = 24


def _month(key: str | None) -> Period:
    return Period.parse(key) if key else Period.current()


async def _values(period: Period) -> dict[str, Any]:
    client = client_in_scope()
    shown = await services.cockpit(client, period)
    offered = [period.current().plus(-back) for back in range(PERIODS_OFFERED)]
    return {
        "cockpit": shown,
        "period": period,
        "periods": [(p.key, p.label) for p in offered if p >= shown.books_start],
        "today": today(),
        "zone": BUSINESS_TIME_ZONE,
    }


@page("/cockpit", of=CLIENT, permission="dashboard.view")
async def cockpit_page(period: str | None = None) -> Page:
    """DASH-1: the open client's figures of a month ("2026-11"; the current one by default)."""
    month = _month(period)
    cards = await use(Cards).shown("cockpit", client_in_scope(), month.key)
    waiting = await use(Waiting).panel()
    return Page("dashboard/cockpit.html", active="cockpit", cards=cards, waiting=waiting, **await _values(month))


@page("/cockpit/figures", of=CLIENT, permission="dashboard.view")
async def figures_part(period: str | None = None) -> Page:
    """DASH-2: what moves, fetched again when the stream says that the ledger moved."""
    return Page("dashboard/figures.html", fragment=True, **await _values(_month(period)))


@page("/cockpit/trends", of=CLIENT, permission="dashboard.view")
async def trends_part(period: str | None = None) -> Page:
    """DASH-4: the charts, fetched again in the same way."""
    return Page("dashboard/trends.html", fragment=True, **await _values(_month(period)))


@page("/figures/{key:str}", of=CLIENT, permission="dashboard.view", examples={"key": "sales"})
async def figure_page(request: Request[Any, Any, Any], key: str, period: str | None = None) -> Page:
    """DASH-5, DASH-6: what a figure means, the accounts behind it, their entries; as a sheet when asked from one."""
    month = _month(period)
    explained = await services.explain(client_in_scope(), key, month)
    in_sheet = request.headers.get("hx-request") == "true" or request.headers.get("x-sheet") == "1"
    template = "dashboard/figure_sheet.html" if in_sheet else "dashboard/figure.html"
    return Page(
        template,
        title=explained.definition.title,
        active="cockpit",
        fragment=in_sheet,
        explained=explained,
        period=month,
        key=key,
    )


PAGES = [cockpit_page, figures_part, trends_part, figure_page]
