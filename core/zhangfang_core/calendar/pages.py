"""办税日历: deadlines of the coming months, moved by the firm where the tax office did; working days, changed by the operator."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from litestar.response import Redirect

from zhangfang_core.calendar.days import announced
from zhangfang_core.calendar.deadlines import titles
from zhangfang_core.calendar.service import change_day, move, restore
from zhangfang_core.database.engine import connection
from zhangfang_core.identity.forms import Form, as_sent
from zhangfang_sdk.calendar import Calendar, TaxDeadline
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.places import here, portal
from zhangfang_sdk.services import use
from zhangfang_sdk.web import FIRM, PORTAL, SIGNED_IN, Page, action, go, page

AHEAD_DAYS = 120
PAYERS = {TaxpayerKind.GENERAL: "一般纳税人", TaxpayerKind.SMALL_SCALE: "小规模纳税人"}
CHOICES = {"off": False, "working": True, "announced": None}


@page("/calendar", of=FIRM, permission=SIGNED_IN)
async def calendar_page() -> Page:
    """What is due within four months, for whom, and what the firm moved."""
    return await _calendar_page({})


async def _calendar_page(typed: Mapping[str, str], refusal: Refusal | None = None) -> Page:
    """``typed`` is what stands in the form, by field; ``refusal`` says why it was not kept."""
    first = today()
    last = first + dt.timedelta(days=AHEAD_DAYS)
    payers: dict[TaxDeadline, list[str]] = {}
    for payer, title in PAYERS.items():
        for deadline in await use(Calendar).tax_deadlines(first, last, payer):
            payers.setdefault(deadline, []).append(title)
    return Page(
        "calendar/deadlines.html",
        title="办税日历",
        active="calendar",
        status_code=200 if refusal is None else 422,
        typed=typed,
        errors=_errors(refusal),
        titles=titles(),
        rows=sorted(payers.items(), key=lambda row: (row[0].due, row[0].tax)),
        moved=[dict(row) for row in await connection().fetch(_MOVED, scope().firm)],
        today=first,
        years=[await use(Calendar).year(year) for year in sorted({first.year, last.year})],
    )


_MOVED = """select tax, covers, area, due, reason, changed_by from core_tax_deadline
    where firm = $1 order by due desc, tax, area limit 60"""


@action("/calendar/move", of=FIRM, permission="clients.manage")
async def move_deadline(data: Form) -> Redirect | Page:
    """``deadline`` is "tax covers" as the page offers it. What is refused stands in the form again."""
    typed = {name: as_sent(data, name) for name in ("deadline", "due", "area", "reason")}
    tax, _, covers = typed["deadline"].partition(" ")
    try:
        await move(tax, covers, due=_day(data, "due"), area=typed["area"], reason=typed["reason"])
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await _calendar_page(typed, refusal)
    return go(here("/calendar"))


@action("/calendar/restore", of=FIRM, permission="clients.manage")
async def restore_deadline(data: Form) -> Redirect:
    """The law's day again."""
    tax, _, covers = as_sent(data, "deadline").partition(" ")
    await restore(tax, covers, area=as_sent(data, "area"))
    return go(here("/calendar"))


@page("/operator/calendar", of=PORTAL, permission="operator.use")
async def days_page() -> Page:
    """Years that are known, and days that were changed."""
    return await _days_page({})


async def _days_page(typed: Mapping[str, str], refusal: Refusal | None = None) -> Page:
    changed = await connection().fetch(
        "select day, is_working, reason from core_calendar_day order by day desc limit 200"
    )
    return Page(
        "calendar/days.html",
        title="工作日",
        active="operator-calendar",
        status_code=200 if refusal is None else 422,
        typed=typed,
        errors=_errors(refusal),
        years=list(announced().years.values()),
        changed=[dict(row) for row in changed],
        today=today(),
    )


@action("/operator/calendar", of=PORTAL, permission="operator.use")
async def change_working_day(data: Form) -> Redirect | Page:
    """``choice`` is "off", "working" or "announced". What is refused stands in the form again."""
    typed = {name: as_sent(data, name) for name in ("day", "choice", "reason")}
    try:
        if typed["choice"] not in CHOICES:
            raise Refusal("calendar.choice_missing", "请选择这一天放假还是上班。", field="choice")
        await change_day(_day(data, "day"), is_working=CHOICES[typed["choice"]], reason=typed["reason"])
    except Refusal as refusal:
        return await _days_page(typed, refusal)
    return go(portal("/operator/calendar"))


def _errors(refusal: Refusal | None) -> Mapping[str, str]:
    """By field."""
    return {} if refusal is None else {refusal.field or "": refusal.sentence}


def _day(data: dict[str, Any], name: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(as_sent(data, name))
    except ValueError:
        raise Refusal("calendar.day_missing", "请选择日期。", field=name) from None
    if not 2000 <= day.year <= 2100:
        raise Refusal("calendar.day_missing", "日期应在 2000 至 2100 年之间。", field=name)
    return day


HANDLERS = [calendar_page, move_deadline, restore_deadline, days_page, change_working_day]
