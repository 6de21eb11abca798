"""Days on which offices and banks work."""

from datetime import date, timedelta

# Fixed days of 全国年节及纪念日放假办法 (国务院令第795号, 2025-01-01) around which the State Council lays the long holidays.
_HOLIDAYS = {(1, 1), (5, 1), (5, 2), *((10, day) for day in range(1, 8))}


def is_workday(day: date) -> bool:
    """Monday to Friday, fixed public holidays left out (moving feasts such as 春节 are not known here)."""
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS


def workday(day: date) -> date:
    """The day itself or the next workday; the one before where the month would end."""
    later = day
    while not is_workday(later):
        later += timedelta(1)
    if later.month == day.month:
        return later
    while not is_workday(day):
        day -= timedelta(1)
    return day
