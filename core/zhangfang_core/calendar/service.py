"""The SDK's ``Calendar``: the data's days and deadlines with what the operator and the firm changed."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from zhangfang_core.calendar.days import WorkingDays, year_of
from zhangfang_core.calendar.deadlines import deadlines
from zhangfang_core.database.engine import connection, kept
from zhangfang_core.jobs.facts import tell
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.calendar import TaxDeadline, YearOfDays
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

LONGEST_SPAN_DAYS = 400
LONGEST_REASON = 120
FARTHEST_DAYS = 92
"""How far from the law's day a firm may move a deadline: tax offices put them off by weeks, a slip of the hand by years."""
FARTHEST_STEP = 1000


class KeptCalendar:
    """See the Protocol."""

    async def is_working_day(self, day: dt.date) -> bool:
        return (await _days()).is_working(day)

    async def working_day(self, day: dt.date) -> dt.date:
        return (await _days()).next_working(day)

    async def plus_working_days(self, day: dt.date, count: int) -> dt.date:
        """Raises ValueError for more than 1000 days."""
        if abs(count) > FARTHEST_STEP:
            raise ValueError(f"{count} working days are too many")
        return (await _days()).plus(day, count)

    async def year(self, year: int) -> YearOfDays:
        return year_of(year)

    async def tax_deadlines(
        self, first: dt.date, last: dt.date, payer: TaxpayerKind, *, area: str = ""
    ) -> Sequence[TaxDeadline]:
        if (last - first).days > LONGEST_SPAN_DAYS:
            raise ValueError(f"deadlines are given for {LONGEST_SPAN_DAYS} days at most")
        days, changes = await _days(), await _changes(area)
        found = [_changed(d, changes) for month in _months(first, last) for d in deadlines(payer, month, days)]
        return sorted((d for d in found if first <= d.due <= last), key=lambda d: (d.due, d.tax))


def _months(first: dt.date, last: dt.date) -> Iterator[Period]:
    """Those in which a deadline may stand that is due in the span, wherever it was moved to."""
    month = Period.of(first - dt.timedelta(days=FARTHEST_DAYS + 31))
    end = Period.of(last + dt.timedelta(days=FARTHEST_DAYS))
    while month <= end:
        yield month
        month = month.plus(1)


async def _days() -> WorkingDays:
    known = kept("working_days")
    if "all" not in known:
        rows = await connection().fetch("select day, is_working from core_calendar_day")
        known["all"] = WorkingDays({row["day"]: row["is_working"] for row in rows})
    found: WorkingDays = known["all"]
    return found


@dataclass(frozen=True, slots=True)
class Change:
    due: dt.date
    reason: str


async def _changes(area: str) -> Mapping[tuple[str, str], Change]:
    """By tax and time covered; a longer beginning of ``area`` wins. None where no firm is in scope."""
    if scope().firm is None:
        return {}
    rows = await connection().fetch(
        """select tax, covers, due, reason from core_tax_deadline
        where firm = $1 and $2 like area || '%' order by length(area)""",
        firm_in_scope(),
        area,
    )
    return {(row["tax"], row["covers"]): Change(row["due"], row["reason"]) for row in rows}


def _changed(deadline: TaxDeadline, changes: Mapping[tuple[str, str], Change]) -> TaxDeadline:
    change = changes.get((deadline.tax, deadline.covers))
    return deadline if change is None else replace(deadline, due=change.due, moved_because=change.reason)


async def move(tax: str, covers: str, *, due: dt.date, area: str, reason: str) -> None:
    """The firm moves a deadline; needs ``clients.manage``; on the trail.

    Raises Refusal ``calendar.reason_missing``, ``calendar.reason_long``, ``calendar.area_wrong``, ``calendar.too_far``, ``common.not_found``.
    """
    require("clients.manage")
    why = _why(reason, "税务局通知的文号")
    if area and not (area.isascii() and area.isdigit() and len(area) in (2, 4, 6)):
        raise Refusal("calendar.area_wrong", "地区写行政区划代码的前 2、4 或 6 位数字;不填就是所有地区。", field="area")
    if all(abs((due - statutory).days) > FARTHEST_DAYS for statutory in _statutory(tax, covers)):
        raise Refusal("calendar.too_far", f"和法定截止日相差超过 {FARTHEST_DAYS} 天,请核对日期。", field="due")
    moved = await connection().fetchval(
        """insert into core_tax_deadline (firm, tax, covers, area, due, reason, changed_by, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, now()) on conflict (firm, tax, covers, area) do update
        set due = excluded.due, reason = excluded.reason, changed_by = excluded.changed_by, changed_at = excluded.changed_at returning id""",
        firm_in_scope(),
        tax,
        covers,
        area,
        due,
        why,
        scope().user_name[:80],
    )
    after: dict[str, object] = {"due": due.isoformat(), "area": area, "reason": why}
    await use(Audit).record("calendar.move", f"deadline:{tax}:{covers}", after=after)
    tell("deadlines_moved", [moved])


def _statutory(tax: str, covers: str) -> list[dt.date]:
    """The law's days of one deadline; raises Refusal ``common.not_found`` for one that does not exist.

    ``covers`` begins with its year; what is declared of a year is declared until the end of the next.
    """
    year = covers[:4]
    if not (year.isascii() and year.isdigit() and 2000 <= int(year) <= 2100):
        raise not_found("申报事项")
    found = {
        d.statutory
        for payer in TaxpayerKind
        for n in range(24)
        for d in deadlines(payer, Period(int(year), 1).plus(n), WorkingDays())
        if (d.tax, d.covers) == (tax, covers)
    }
    if not found:
        raise not_found("申报事项")
    return sorted(found)


async def restore(tax: str, covers: str, *, area: str) -> None:
    """The law's day again, also where it was not moved; needs ``clients.manage``; on the trail."""
    require("clients.manage")
    gone = await connection().fetchval(
        "delete from core_tax_deadline where firm = $1 and tax = $2 and covers = $3 and area = $4 returning id",
        firm_in_scope(),
        tax,
        covers,
        area,
    )
    if gone is not None:
        await use(Audit).record("calendar.restore", f"deadline:{tax}:{covers}", after={"area": area})
        tell("deadlines_moved", [gone])


async def change_day(day: dt.date, *, is_working: bool | None, reason: str) -> None:
    """The operator decides about a day for every firm; None is as announced again. Needs ``operator.use``; on the trail.

    Raises Refusal ``calendar.reason_missing``, ``calendar.reason_long``.
    """
    require("operator.use")
    if is_working is None:
        await connection().execute("delete from core_calendar_day where day = $1", day)
    else:
        await connection().execute(
            """insert into core_calendar_day (day, is_working, reason, changed_at) values ($1, $2, $3, now())
            on conflict (day) do update set is_working = excluded.is_working, reason = excluded.reason, changed_at = now()""",
            day,
            is_working,
            _why(reason, "放假通知的文号"),
        )
    kept("working_days").clear()
    await use(Audit).record("calendar.day", f"day:{day.isoformat()}", after={"working": is_working})


def _why(reason: str, example: str) -> str:
    text = reason.strip()
    if not text:
        raise Refusal("calendar.reason_missing", f"请写明依据,例如{example}。", field="reason")
    if len(text) > LONGEST_REASON:
        raise Refusal("calendar.reason_long", f"依据最多写 {LONGEST_REASON} 个字,请缩短。", field="reason")
    return text
