"""Dates and times as files of Chinese programs and banks write them. Pure."""

import datetime as dt
import re
from collections.abc import Sequence

_DATE = re.compile(
    r"(20\d\d)[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]?(\d{1,2})[:.时](\d\d)(?:[:.分](\d\d)秒?)?(?:\.\d+)?|[ T]?(\d{2})(\d\d)(\d\d))?"
)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_CLOCK = re.compile(r"(\d{1,2})[:.时]?(\d\d)(?:[:.分]?(\d\d)秒?)?(?:\.\d+)?")
_EXCEL_BEGINS = dt.date(1899, 12, 30)
_SECONDS_A_DAY = 86_400


def day_of(text: str) -> dt.date | None:
    """A date, also Excel's number of days; None for what is none."""
    found = moment_of(text)
    return found[0] if found else None


def moment_of(text: str) -> tuple[dt.date, dt.time | None] | None:
    """Date and time of day, None where the text has no time; as a whole None for what is no date."""
    if (serial := _SERIAL.fullmatch(text)) is not None:
        day = _EXCEL_BEGINS + dt.timedelta(days=int(serial[1]))
        if serial[2] is None:
            return day, None
        seconds = min(round(float(serial[2]) * _SECONDS_A_DAY), _SECONDS_A_DAY - 1)
        return day, dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    match = _DATE.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    clock = [part for part in match.groups()[3:] if part is not None]
    try:
        day = dt.date(int(match[1]), int(match[2]), int(match[3]))
        return day, _time(clock) if clock else None
    except ValueError:
        return None


def clock_of(text: str) -> dt.time | None:
    """A time of day that stands alone ("10:11:12", "101112")."""
    match = _CLOCK.fullmatch(text)
    try:
        return _time([match[1], match[2], match[3] or "0"]) if match else None
    except ValueError:
        return None


def _time(parts: Sequence[str]) -> dt.time:
    hour, minute, second = (int(part) for part in (*parts, "0")[:3])
    return dt.time(hour, minute, second)
