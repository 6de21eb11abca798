"""When a notice that is not urgent may go out: on working days, 09:00-21:00 in Asia/Shanghai, outside the person's own quiet hours."""

import datetime as dt
from collections.abc import Awaitable, Callable

from zhangfang_sdk.contacts import QuietHours
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE

NIGHT = QuietHours()
"""Of everybody."""

LONGEST_REST_DAYS = 31
"""Longer than any row of days off: who is not reached until then never is."""

WorkingDay = Callable[[dt.date], Awaitable[bool]]


async def next_allowed(moment: dt.datetime, quiet: QuietHours, is_working_day: WorkingDay) -> dt.datetime | None:
    """``moment`` (an instant with a zone) itself where it is allowed, else the first one after it; None where ``quiet`` leaves none. In UTC."""
    local = moment.astimezone(BUSINESS_TIME_ZONE)
    openings = sorted(t for t in {NIGHT.end, quiet.end} if _is_open(t, quiet))
    for days in range(LONGEST_REST_DAYS + 1):
        day = local.date() + dt.timedelta(days=days)
        if not await is_working_day(day):
            continue
        if days == 0 and _is_open(local.time(), quiet):
            return moment.astimezone(dt.UTC)
        for opening in openings:
            found = dt.datetime.combine(day, opening, BUSINESS_TIME_ZONE)
            if found > local:
                return found.astimezone(dt.UTC)
    return None


def _is_open(moment: dt.time, quiet: QuietHours) -> bool:
    return not NIGHT.cover(moment) and not quiet.cover(moment)
