"""The cockpit's figures with what they are compared to. Pure; amounts in fen, series oldest month first."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_sdk.periods import Period

MONTHS_SHOWN = 12
MONTHS_READ = MONTHS_SHOWN + 12


@dataclass(frozen=True, slots=True)
class Figure:
    """``compared`` beside ``last_month`` gives 环比, beside ``last_year`` 同比; None where the books do not reach back that far.

    ``compared`` is ``now``, but in a running month what it was at the end of today, as the others are at the same day of theirs.
    """

    key: str
    now: int
    compared: int
    last_month: int | None
    last_year: int | None
    course: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One month of a trend; ``index`` counts back from the month shown (0)."""

    index: int
    value: int
    last_year: int | None


def same_days(day: dt.date) -> tuple[dt.date, dt.date, dt.date]:
    """``day``, and the same day of the month before and of the year before, or the last day of a month that is shorter."""
    month = Period.of(day)
    return day, _within(month.plus(-1), day.day), _within(month.plus(-12), day.day)


def _within(month: Period, day: int) -> dt.date:
    return month.first_day.replace(day=min(day, month.last_day.day))


def figures_of(
    series: Mapping[str, Sequence[int]], months_of_books: int, so_far: Mapping[str, Sequence[int]] | None = None
) -> dict[str, Figure]:
    """From MONTHS_READ months that end with the month shown; ``months_of_books`` of them have books.

    ``so_far`` are the figures at :func:`same_days` of a month that still runs; one that is not among them is compared with nothing.
    """
    found = {}
    for key, values in series.items():
        at = (values[-1], values[-2], values[-13]) if so_far is None else so_far.get(key)
        compared, last_month, last_year = (values[-1], None, None) if at is None else at
        found[key] = Figure(
            key,
            now=values[-1],
            compared=compared,
            last_month=last_month if months_of_books > 1 else None,
            last_year=last_year if months_of_books > 12 else None,
            course=tuple(values[-min(6, months_of_books) :]),
        )
    return found


def trend(values: Sequence[int], months_of_books: int, figure: Figure) -> list[TrendPoint]:
    """The last MONTHS_SHOWN months that have books, oldest first, each beside the same month a year before.

    The month shown stands beside what ``figure`` compares it to.
    """
    shown = min(MONTHS_SHOWN, months_of_books)
    past = [
        TrendPoint(back, values[-1 - back], values[-13 - back] if back + 12 < months_of_books else None)
        for back in range(shown - 1, 0, -1)
    ]
    return [*past, TrendPoint(0, figure.now, figure.last_year)]
