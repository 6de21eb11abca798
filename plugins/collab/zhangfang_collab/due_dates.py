"""Until when a template's task is due, as the calendar has it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zhangfang_sdk.calendar import Calendar, TaxDeadline
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import translatable

PUT_OFF_DAYS = 25
"""How far into the next month a month's deadline is looked for, which holidays or the tax office put off."""
YEAR_DAYS = 366
DAYS_BACK, DAYS_AHEAD = dt.timedelta(days=365), dt.timedelta(days=5 * 366)
"""What people may set by hand: what is farther away is a slip of the hand."""


class DueRule(StrEnum):
    """``DAY``: the n-th of the month, or the first working day after it. ``WORKING_DAY``: the n-th working day of the month.

    ``DEADLINE``: n calendar days before the tax is to be declared, moved back to a working day. Where nothing of the kind is to be declared,
    there is no task.
    """

    DAY = "day"
    WORKING_DAY = "working_day"
    DEADLINE = "deadline"


RULE_TITLES: Mapping[str, str] = translatable({
    DueRule.DAY: "当月第几日(遇休息日顺延)",
    DueRule.WORKING_DAY: "当月第几个工作日",
    DueRule.DEADLINE: "申报期截止前几天",
})


@dataclass(frozen=True, slots=True)
class Due:
    rule: DueRule
    number: int
    tax: str = ""

    def check(self) -> None:
        """Raises Refusal ``collab.due_wrong``."""
        most = {DueRule.DAY: (1, 31), DueRule.WORKING_DAY: (1, 20), DueRule.DEADLINE: (0, 60)}[self.rule]
        if not most[0] <= self.number <= most[1]:
            raise Refusal("collab.due_wrong", f"这里的天数应在 {most[0]} 到 {most[1]} 之间。", field="due_number")
        if self.rule is DueRule.DEADLINE and not self.tax:
            raise Refusal("collab.due_wrong", "请选择按哪一项申报的截止日计算。", field="due_tax")


def refuse_far(due_on: dt.date) -> None:
    """Of a day that somebody typed. Raises Refusal ``collab.due_far``."""
    if not today() - DAYS_BACK <= due_on <= today() + DAYS_AHEAD:
        raise Refusal("collab.due_far", "到期日要在过去一年到以后五年之间,请核对日期。", field="due_on")


async def taxes() -> Mapping[str, str]:
    """What the calendar declares within a year, for whomever, by its key."""
    first = Period.current().first_day
    found = {}
    for payer in TaxpayerKind:
        for deadline in await use(Calendar).tax_deadlines(first, first.replace(year=first.year + 1), payer):
            found[deadline.tax] = deadline.title
    return dict(sorted(found.items()))


class MonthsCalendar:
    """What the calendar says of one month for one kind of taxpayer and place; each day is asked for once."""

    def __init__(self, period: Period, payer: TaxpayerKind, area: str) -> None:
        self._period, self._payer, self._area = period, payer, area
        self._of_month: Mapping[str, TaxDeadline] | None = None
        self._of_year: Mapping[str, TaxDeadline] | None = None
        self._days: dict[tuple[Due, bool], dt.date | None] = {}

    async def due(self, due: Due, *, yearly: bool = False) -> dt.date | None:
        """The day, None where the tax is not declared in the month (``yearly``: within a year from its first day)."""
        if (due, yearly) not in self._days:
            self._days[due, yearly] = await self._found(due, yearly=yearly)
        return self._days[due, yearly]

    async def _found(self, due: Due, *, yearly: bool) -> dt.date | None:
        calendar, month = use(Calendar), self._period
        if due.rule is DueRule.WORKING_DAY:
            return await calendar.plus_working_days(month.first_day - dt.timedelta(days=1), due.number)
        if due.rule is DueRule.DAY:
            day = month.first_day.replace(day=min(due.number, month.last_day.day))
            return await calendar.working_day(day)
        deadline = (await (self._year() if yearly else self._month())).get(due.tax)
        if deadline is None:
            return None
        day = deadline.due - dt.timedelta(days=due.number)
        if due.number and not await calendar.is_working_day(day):
            return await calendar.plus_working_days(day, -1)
        return day

    async def _month(self) -> Mapping[str, TaxDeadline]:
        if self._of_month is None:
            last = self._period.last_day + dt.timedelta(days=PUT_OFF_DAYS)
            found = await use(Calendar).tax_deadlines(self._period.first_day, last, self._payer, area=self._area)
            self._of_month = {d.tax: d for d in found if Period.of(d.statutory) == self._period}
        return self._of_month

    async def _year(self) -> Mapping[str, TaxDeadline]:
        if self._of_year is None:
            first = self._period.first_day
            found = await use(Calendar).tax_deadlines(
                first, first + dt.timedelta(days=YEAR_DAYS), self._payer, area=self._area
            )
            self._of_year = {d.tax: d for d in reversed(found)}
        return self._of_year
