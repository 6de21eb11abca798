"""The cockpit's figures with what they are compared to. Pure; amounts in fen, series oldest month first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MONTHS_SHOWN = 12
MONTHS_READ = MONTHS_SHOWN + 12


@dataclass(frozen=True, slots=True)
class Figure:
    """``last_month`` is for 环比, ``last_year`` for 同比; None where the books do not reach back that far."""

    key: str
    now: int
    last_month: int | None
    last_year: int | None
    course: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One month of a trend; ``index`` counts back from the month shown (0)."""

    index: int
    value: int
    last_year: int | None


def figures_of(series: Mapping[str, Sequence[int]], months_of_books: int) -> dict[str, Figure]:
    """From MONTHS_READ months that end with the month shown; ``months_of_books`` of them have books."""
    return {
        key: Figure(
            key,
            now=values[-1],
            last_month=values[-2] if months_of_books > 1 else None,
            last_year=values[-13] if months_of_books > 12 else None,
            course=tuple(values[-min(6, months_of_books) :]),
        )
        for key, values in series.items()
    }


def trend(values: Sequence[int], months_of_books: int) -> list[TrendPoint]:
    """The last MONTHS_SHOWN months that have books, oldest first, each beside the same month a year before."""
    shown = min(MONTHS_SHOWN, months_of_books)
    return [
        TrendPoint(back, values[-1 - back], values[-13 - back] if back + 12 < months_of_books else None)
        for back in range(shown - 1, -1, -1)
    ]
