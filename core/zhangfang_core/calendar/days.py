"""Working days as the State Council announces them: data of ``data/working_days.toml`` and days that the operator changed. Pure."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from zhangfang_sdk.calendar import YearOfDays

_FILE = Path(__file__).parent / "data/working_days.toml"
_DAY = dt.timedelta(days=1)
UNKNOWN = "没有这一年的放假安排,按周一至周五推算"


@dataclass(frozen=True, slots=True)
class Announced:
    """Every year that the data know: days off, weekends worked, and what is known of the year."""

    off: frozenset[dt.date]
    worked: frozenset[dt.date]
    years: Mapping[int, YearOfDays]


@cache
def announced() -> Announced:
    """Raises ValueError for a day outside its year or both off and worked."""
    off: set[dt.date] = set()
    worked: set[dt.date] = set()
    years: dict[int, YearOfDays] = {}
    for name, data in tomllib.loads(_FILE.read_text("utf-8")).items():
        year = int(name)
        own = {day for first, last in data["off"] for day in _span(first, last)}
        instead = {dt.date.fromisoformat(day) for day in data["worked"]}
        if {day.year for day in own | instead} != {year} or own & instead or any(d.weekday() < 5 for d in instead):
            raise ValueError(f"the days of {year} contradict themselves")
        off |= own
        worked |= instead
        years[year] = YearOfDays(year, data["official"], data["source"])
    return Announced(frozenset(off), frozenset(worked), years)


def _span(first: str, last: str) -> list[dt.date]:
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return [start + _DAY * n for n in range((end - start).days + 1)]


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """``changed`` are days that the operator decided otherwise: True is worked."""

    changed: Mapping[dt.date, bool] = field(default_factory=dict)

    def is_working(self, day: dt.date) -> bool:
        if day in self.changed:
            return self.changed[day]
        known = announced()
        return day in known.worked or (day.weekday() < 5 and day not in known.off)

    def is_holiday(self, day: dt.date) -> bool:
        """Whether it is off by announcement, weekends inside a holiday included; an ordinary weekend is not."""
        return not self.changed.get(day, False) and (
            day in announced().off or (day in self.changed and day.weekday() < 5)
        )

    def next_working(self, day: dt.date) -> dt.date:
        """``day`` itself or the first one after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def plus(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``day``, before it where negative."""
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working(day)
        return day


def year_of(year: int) -> YearOfDays:
    return announced().years.get(year, YearOfDays(year, False, UNKNOWN))
