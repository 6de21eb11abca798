"""DASH-4: a month that still runs is compared with the same days of other months, and the page says so."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pytest

from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.settings import Settings
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.app import create_app
from zhangfang_dashboard import services
from zhangfang_dashboard.figures import same_days
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import Period

NOVEMBER = Period(2026, 11)


def sales(client: int, months: Sequence[Period], days: Sequence[int], amount: int) -> Iterator[VoucherDraft]:
    """Cash sales of ``amount`` on each of the days of each month."""
    for month in months:
        for day in days:
            lines = (Line("1002", "", debit=amount), Line("5001", "", credit=amount))
            yield VoucherDraft(client, month.first_day.replace(day=day), "销售", lines, source="test")


@pytest.fixture
async def busy(firm: TestFirm) -> TestFirm:
    """The restaurant sells 100.00 a day on the 5th, 15th, 25th and 28th, in November 2026 10 % more, until the 25th."""
    before = [Period(2025, 1).plus(n) for n in range(22)]
    async with acting(firm):
        await import_posted(firm.restaurant, sales(firm.restaurant, before, (5, 15, 25, 28), 10_000))
        await import_posted(firm.restaurant, sales(firm.restaurant, [NOVEMBER], (5, 15, 25), 11_000))
    return firm


async def on(
    firm: TestFirm, day: dt.date, monkeypatch: pytest.MonkeyPatch, month: Period = NOVEMBER
) -> services.Cockpit:
    monkeypatch.setattr(services, "today", lambda: day)
    async with acting(firm, "boss"):
        return await services.cockpit(firm.restaurant, month)


async def test_a_running_month_is_compared_with_the_same_days(busy: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = await on(busy, dt.date(2026, 11, 26), monkeypatch)
    figure = shown.figures["sales"]
    assert shown.until == dt.date(2026, 11, 26)
    assert (figure.now, figure.compared, figure.last_month, figure.last_year) == (33_000, 33_000, 30_000, 30_000)
    bank = shown.figures["bank_balance"]
    assert bank.now - 33_000 == 22 * 40_000
    assert bank.last_month == 21 * 40_000 + 30_000, "the balance of 26 October, not of its end"
    assert shown.trends["sales"][-1].last_year == 30_000
    assert shown.trends["sales"][-2].last_year == 40_000, "months that are over are compared whole"


async def test_what_is_dated_after_today_is_not_compared(busy: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = await on(busy, dt.date(2026, 11, 20), monkeypatch)
    figure = shown.figures["sales"]
    assert (figure.now, figure.compared, figure.last_month) == (33_000, 22_000, 20_000)


@pytest.mark.parametrize("day", [dt.date(2026, 11, 30), dt.date(2026, 12, 9)])
async def test_a_month_that_is_over_is_compared_whole(
    busy: TestFirm, day: dt.date, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await on(busy, day, monkeypatch)
    figure = shown.figures["sales"]
    assert shown.until is None
    assert (figure.compared, figure.last_month, figure.last_year) == (33_000, 40_000, 40_000)


async def test_a_month_to_come_is_compared_with_nothing(busy: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its nothing is no fall of 100 %."""
    shown = await on(busy, dt.date(2026, 11, 26), monkeypatch, NOVEMBER.plus(1))
    assert {(figure.last_month, figure.last_year) for figure in shown.figures.values()} == {(None, None)}
    assert shown.until is None


async def test_the_page_says_so(busy: TestFirm, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "today", lambda: dt.date(2026, 11, 26))
    portal = Portal(create_app(settings))
    place = f"/f/{busy.id}/c/{busy.restaurant}"
    async with portal.visitor(await session_for(busy.owner), place) as owner:
        running = (await owner.get("/cockpit?period=2026-11")).text
        assert "截至当月 26 日" in running
        assert "较上月同期 +10.0%" in running
        assert "环比" not in running
        over = (await owner.get("/cockpit?period=2026-10")).text
        assert "截至当月" not in over
        assert "环比" in over


@pytest.mark.parametrize(
    ("day", "month_before", "year_before"),
    [
        (dt.date(2026, 3, 30), dt.date(2026, 2, 28), dt.date(2025, 3, 30)),
        (dt.date(2028, 2, 28), dt.date(2028, 1, 28), dt.date(2027, 2, 28)),
        (dt.date(2026, 1, 15), dt.date(2025, 12, 15), dt.date(2025, 1, 15)),
    ],
)
def test_the_same_day_of_a_shorter_month_is_its_last(day: dt.date, month_before: dt.date, year_before: dt.date) -> None:
    assert same_days(day) == (day, month_before, year_before)
