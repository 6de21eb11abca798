"""When what is not urgent may go out."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_core.calendar.days import WorkingDays
from zhangfang_core.notices.hours import NIGHT, next_allowed
from zhangfang_sdk.contacts import QuietHours
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE

NONE = QuietHours(dt.time(0), dt.time(0))
DAYS = WorkingDays()


async def is_working(day: dt.date) -> bool:
    return DAYS.is_working(day)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BUSINESS_TIME_ZONE)


@pytest.mark.parametrize(
    ("moment", "quiet", "expected"),
    [
        ("2026-11-26 09:00", NONE, "2026-11-26 09:00"),
        ("2026-11-26 20:59:59", NONE, "2026-11-26 20:59:59"),
        ("2026-11-26 21:00", NONE, "2026-11-27 09:00"),
        ("2026-11-27 00:05", NONE, "2026-11-27 09:00"),
        ("2026-11-28 12:00", NONE, "2026-11-30 09:00"),
        ("2026-10-01 10:00", NONE, "2026-10-08 09:00"),
        ("2026-09-30 21:30", NONE, "2026-10-08 09:00"),
        ("2026-10-10 10:00", NONE, "2026-10-10 10:00"),
        ("2026-11-26 12:30", QuietHours(dt.time(12), dt.time(14)), "2026-11-26 14:00"),
        ("2026-11-26 08:00", QuietHours(dt.time(8), dt.time(10)), "2026-11-26 10:00"),
        ("2026-11-26 19:00", QuietHours(dt.time(18), dt.time(10)), "2026-11-27 10:00"),
        ("2026-11-26 10:00", QuietHours(dt.time(9), dt.time(21)), None),
        ("2026-11-26 10:00", QuietHours(dt.time(21), dt.time(20, 59)), "2026-11-26 20:59"),
    ],
)
async def test_the_first_hour_that_is_allowed(moment: str, quiet: QuietHours, expected: str | None) -> None:
    """2026-11-28 is a Saturday, 10-01 to 10-07 are holidays, Saturday 10-10 is worked for them."""
    assert await next_allowed(at(moment), quiet, is_working) == (None if expected is None else at(expected))


TIMES = st.times(min_value=dt.time(0), max_value=dt.time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))


@given(
    moment=st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 11, 30)),  # noqa: DTZ001  # given its zone below
    quiet=st.builds(QuietHours, TIMES, TIMES),
)
async def test_never_before_never_at_night_never_on_a_day_off(moment: dt.datetime, quiet: QuietHours) -> None:
    asked = moment.replace(tzinfo=BUSINESS_TIME_ZONE)
    found = await next_allowed(asked, quiet, is_working)
    if found is None:
        minutes = [dt.time(n // 60, n % 60) for n in range(24 * 60)]
        assert all(NIGHT.cover(m) or quiet.cover(m) for m in minutes)
        return
    local = found.astimezone(BUSINESS_TIME_ZONE)
    assert found >= asked
    assert await is_working(local.date())
    assert dt.time(9) <= local.time() < dt.time(21)
    assert not quiet.cover(local.time())
