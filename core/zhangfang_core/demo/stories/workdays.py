"""Days on which the stories' offices and banks act: the calendar's working days, kept within their month."""

from datetime import date

from zhangfang_core.calendar.days import WorkingDays

OFFICE_DAYS = WorkingDays()


def workday(day: date) -> date:
    """The day itself or the next working day; the one before where the month would end."""
    later = OFFICE_DAYS.next_working(day)
    return later if later.month == day.month else OFFICE_DAYS.plus(day, -1)
