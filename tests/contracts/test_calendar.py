"""One suite for the SDK's ``Calendar``, run against the fake and core's own; and what the law's rule gives for 2026."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from zhangfang_core.calendar.days import WorkingDays, announced
from zhangfang_core.calendar.deadlines import deadlines, end_of_term
from zhangfang_core.calendar.service import KeptCalendar, change_day, move, restore
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.calendar import Calendar, TaxDeadline
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.context import Scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.fakes import FakeCalendar

GENERAL, SMALL = TaxpayerKind.GENERAL, TaxpayerKind.SMALL_SCALE
OPERATOR = Scope(operator=True, staff=True, permissions=frozenset({"operator.use"}))
NOVEMBER = (dt.date(2026, 11, 1), dt.date(2026, 11, 30))
BY_THE_RULE = ["01-20", "02-24", "03-16", "04-20", "05-22", "06-15", "07-15", "08-17", "09-15", "10-26", "11-16", "12-15"]
"""Ends of the months' terms of 2026 as the tax administration publishes them."""


@pytest.fixture(params=["fake", "real"])
def calendar(request: pytest.FixtureRequest) -> Calendar:
    if request.param == "real":
        return KeptCalendar()
    days = announced()
    known = [d for n in range(1, 13) for d in deadlines(GENERAL, Period(2026, n), WorkingDays())]
    return FakeCalendar(days.off, days.worked, known, official=(2025, 2026))


async def test_days(firm: TestFirm, calendar: Calendar) -> None:
    async with acting(firm, "boss"):
        assert await calendar.is_working_day(dt.date(2026, 10, 10)), "a Saturday that is worked"
        assert not await calendar.is_working_day(dt.date(2026, 10, 7))
        assert await calendar.working_day(dt.date(2026, 10, 1)) == dt.date(2026, 10, 8)
        assert await calendar.working_day(dt.date(2026, 10, 8)) == dt.date(2026, 10, 8)
        assert await calendar.plus_working_days(dt.date(2026, 9, 30), 3) == dt.date(2026, 10, 10)
        assert await calendar.plus_working_days(dt.date(2026, 10, 8), -1) == dt.date(2026, 9, 30)
        assert await calendar.plus_working_days(dt.date(2026, 10, 3), 0) == dt.date(2026, 10, 3)
        assert (await calendar.year(2026)).is_official
        assert not (await calendar.year(2027)).is_official
        assert not (await calendar.year(2040)).is_official


async def test_deadlines(firm: TestFirm, calendar: Calendar) -> None:
    async with acting(firm, "boss"):
        found = await calendar.tax_deadlines(*NOVEMBER, GENERAL)
        assert [(d.tax, d.covers, d.due) for d in found] == [
            ("iit_withholding", "2026-10", dt.date(2026, 11, 16)),
            ("vat", "2026-10", dt.date(2026, 11, 16)),
        ]
        assert await calendar.tax_deadlines(dt.date(2026, 11, 17), NOVEMBER[1], GENERAL) == []
        with pytest.raises(ValueError, match="400"):
            await calendar.tax_deadlines(dt.date(2025, 1, 1), dt.date(2026, 12, 1), GENERAL)


def test_the_ends_of_2026() -> None:
    ends = [end_of_term(dt.date(2026, n, 15), WorkingDays()).isoformat()[5:] for n in range(1, 13)]
    assert ends == BY_THE_RULE


@pytest.mark.parametrize(
    ("month", "payer", "expected"),
    [
        ((2026, 10), GENERAL, {"vat 2026-09", "iit_withholding 2026-09", "cit_prepayment 2026Q3", "stamp_duty 2026Q3"}),
        ((2026, 10), SMALL, {"vat 2026Q3", "iit_withholding 2026-09", "cit_prepayment 2026Q3", "stamp_duty 2026Q3"}),
        ((2027, 1), SMALL, {"vat 2026Q4", "iit_withholding 2026-12", "cit_prepayment 2026Q4", "stamp_duty 2026Q4"}),
        ((2026, 5), SMALL, {"iit_withholding 2026-04", "cit_annual 2025"}),
        ((2026, 6), GENERAL, {"vat 2026-05", "iit_withholding 2026-05", "annual_report 2025"}),
    ],
)
def test_what_is_declared_when(month: tuple[int, int], payer: TaxpayerKind, expected: set[str]) -> None:
    found = [f"{d.tax} {d.covers}" for d in deadlines(payer, Period(*month), WorkingDays())]
    assert set(found) - {f for f in found if f.startswith("financial")} == expected
    assert len(found) == len(set(found))


def test_the_year_s_end_moves_from_a_day_off_only() -> None:
    (annual,) = (d for d in deadlines(SMALL, Period(2026, 5), WorkingDays()) if d.tax == "cit_annual")
    assert (annual.statutory, annual.due) == (dt.date(2026, 5, 31), dt.date(2026, 6, 1)), "31 May 2026 is a Sunday"
    (annual,) = (d for d in deadlines(SMALL, Period(2025, 5), WorkingDays()) if d.tax == "cit_annual")
    assert annual.due == dt.date(2025, 6, 3), "after 端午"


def test_what_is_only_known_or_estimated_says_so() -> None:
    year = [d for n in range(1, 13) for d in deadlines(GENERAL, Period(2026, n), WorkingDays())]
    assert {d.tax for d in year if d.is_confirmed} == {"cit_prepayment", "cit_annual", "stamp_duty"}
    assert not any(d.is_estimated for d in year)
    assert all(d.source for d in year)
    assert all(d.is_estimated for d in deadlines(GENERAL, Period(2027, 3), WorkingDays()))


async def test_the_firm_moves_a_deadline(firm: TestFirm, other_firm: TestFirm) -> None:
    async def vat(home: TestFirm, area: str) -> list[tuple[dt.date, str]]:
        async with acting(home, "accountant"):
            found: Sequence[TaxDeadline] = await KeptCalendar().tax_deadlines(*NOVEMBER, GENERAL, area=area)
        return [(d.due, d.moved_because) for d in found if d.tax == "vat"]

    async with acting(firm, "owner"):
        await move("vat", "2026-10", due=dt.date(2026, 11, 20), area="", reason="全国延期")
        await move("vat", "2026-10", due=dt.date(2026, 11, 25), area="3301", reason="杭州台风")
    assert await vat(firm, "") == [(dt.date(2026, 11, 20), "全国延期")]
    assert await vat(firm, "310115") == [(dt.date(2026, 11, 20), "全国延期")]
    assert await vat(firm, "330106") == [(dt.date(2026, 11, 25), "杭州台风")]
    assert await vat(other_firm, "330106") == [(dt.date(2026, 11, 16), "")]
    async with acting(firm, "owner"):
        await restore("vat", "2026-10", area="3301")
    assert await vat(firm, "330106") == [(dt.date(2026, 11, 20), "全国延期")]


@pytest.mark.parametrize(
    ("code", "role", "change"),
    [
        ("calendar.reason_missing", "owner", {"reason": " "}),
        ("calendar.area_wrong", "owner", {"area": "33x"}),
        ("calendar.too_far", "owner", {"due": dt.date(2027, 4, 1)}),
        ("common.not_found", "owner", {"covers": "2026Q7"}),
        ("access.forbidden", "accountant", {}),
    ],
)
async def test_a_move_that_is_refused(firm: TestFirm, code: str, role: str, change: dict[str, object]) -> None:
    wanted = {"tax": "vat", "covers": "2026-10", "due": dt.date(2026, 11, 20), "area": "", "reason": "通知", **change}
    ask: Callable[..., object] = move
    async with acting(firm, role):
        with pytest.raises(Refusal) as refused:
            await ask(**wanted)  # type: ignore[misc]  # the parameters are the table's
    assert refused.value.code == code


async def test_the_operator_changes_a_day_for_every_firm(firm: TestFirm) -> None:
    day = dt.date(2027, 2, 20)
    async with scoped_transaction(OPERATOR):
        await change_day(day, is_working=True, reason="国务院办公厅通知")
    async with acting(firm, "boss"):
        assert await KeptCalendar().is_working_day(day)
    async with scoped_transaction(OPERATOR):
        await change_day(day, is_working=None, reason="")
    async with acting(firm, "boss"):
        assert not await KeptCalendar().is_working_day(day)
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await change_day(day, is_working=True, reason="x")


async def test_a_new_holiday_moves_the_term() -> None:
    days = replace(WorkingDays(), changed={dt.date(2026, 11, n): False for n in (2, 3, 4)})
    assert end_of_term(dt.date(2026, 11, 15), days) == dt.date(2026, 11, 18)
