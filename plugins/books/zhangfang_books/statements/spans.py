"""The time that a statement speaks of: a month, a quarter or a year. Pure."""

from enum import StrEnum

from zhangfang_sdk.periods import Period


class Span(StrEnum):
    """``MONTH`` and ``QUARTER`` show the year to date beside themselves, ``YEAR`` the year before."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def around(self, month: Period) -> tuple[Period, Period]:
        """First and last month of the span that holds ``month``."""
        if self is Span.MONTH:
            return month, month
        if self is Span.QUARTER:
            first = Period(month.year, month.month - (month.month - 1) % 3)
            return first, first.plus(2)
        return Period(month.year, 1), Period(month.year, 12)

    def label(self, month: Period) -> str:
        """"2026年3月", "2026年第1季度", "2026年度"."""
        if self is Span.MONTH:
            return month.label
        return f"{month.year}年第{(month.month + 2) // 3}季度" if self is Span.QUARTER else f"{month.year}年度"


TITLES = {Span.MONTH: "月报", Span.QUARTER: "季报", Span.YEAR: "年报"}
OWN_COLUMN = {Span.MONTH: "本月金额", Span.QUARTER: "本季度金额", Span.YEAR: "本年金额"}
