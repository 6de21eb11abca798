"""Accounting periods: calendar months (会计期间; 会计法 Art. 11: the year runs from 1 January to 31 December)."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from zhangfang_sdk.errors import Refusal

BUSINESS_TIME_ZONE = ZoneInfo("Asia/Shanghai")


def today() -> dt.date:
    """The business date now, in Asia/Shanghai."""
    return dt.datetime.now(BUSINESS_TIME_ZONE).date()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One month. ``number`` (202611) is how it is stored; ``key`` ("2026-11") how it stands in addresses."""

    year: int
    month: int

    @classmethod
    def of(cls, day: dt.date) -> "Period":
        return cls(day.year, day.month)

    @classmethod
    def current(cls) -> "Period":
        return cls.of(today())

    @classmethod
    def from_number(cls, number: int) -> "Period":
        return cls(number // 100, number % 100)

    @classmethod
    def parse(cls, key: str) -> "Period":
        """Read "2026-11"; raises Refusal ``period.unreadable``, ``period.far`` for a month before FIRST or after LAST."""
        match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", key)
        if match is None:
            raise Refusal("period.unreadable", "月份写法不对,应为 2026-11 这样的形式。", status=400, field="period")
        found = cls(int(match[1]), int(match[2]))
        if not found.is_shown:
            raise Refusal("period.far", f"只能查看 {FIRST.label}到 {LAST.label}之间的月份。", status=400, field="period")
        return found

    @property
    def is_shown(self) -> bool:
        """Whether pages take it: from FIRST to LAST."""
        return FIRST <= self <= LAST

    @property
    def number(self) -> int:
        return self.year * 100 + self.month

    @property
    def key(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def label(self) -> str:
        return f"{self.year}年{self.month}月"

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def plus(self, months: int) -> "Period":
        index = self.year * 12 + self.month - 1 + months
        return Period(index // 12, index % 12 + 1)


FIRST, LAST = Period(2000, 1), Period(2099, 12)
"""Of which months there are pages: no books that are kept here begin before, and nothing is planned after."""


def label_of(first: Period, last: Period) -> str:
    """What people call the months from ``first`` to ``last``: "2026年9月", "2026年3季度", "2026年度"."""
    if first == last:
        return last.label
    if (first.month, last.month) == (1, 12) and first.year == last.year:
        return f"{last.year}年度"
    return f"{last.year}年{(last.month + 2) // 3}季度"
