"""Lines that a person fills in because no account tells them. Pure; amounts are integer fen, as the statement shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhangfang_books.statements.forms import Form, Kind, Line
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class HandFigure:
    """``amount`` on ``line`` of a statement for the month ``period``.

    On the balance sheet it is taken off ``from_line`` of the same side, so that it still balances, and stands until another figure of the
    same two lines takes its place. On the statement of changes in equity it is moved from ``from_line`` to ``line`` within the column
    ``part``, for the year that ``period`` ends. On the other statements it is the month's own and adds up over months.
    """

    kind: Kind
    line: int
    period: Period
    amount: int
    from_line: int | None = None
    why: str = ""
    by: str = ""
    part: str = ""


def fillable(form: Form) -> list[Line]:
    """Lines that no formula fills; what stood before a year is nobody's to fill."""
    return [line for line in form.lines if not line.terms and line.section != "opening"]


def sources(form: Form, line: Line) -> list[Line]:
    """Lines from which an amount may be moved to ``line``: on the balance sheet those of its own side with a formula, no total; on the
    statement of changes in equity every other that may be filled."""
    if form.kind == "equity":
        return [other for other in fillable(form) if other is not line]
    if form.kind != "balance_sheet":
        return []
    return [
        other
        for other in form.lines
        if other.side == line.side and other.terms and not other.strong and not other.inset and not _sums(other)
    ]


def written(figures: Iterable[HandFigure], kind: Kind, first: Period, last: Period) -> Mapping[int, int]:
    """Line → amount of the months."""
    found: dict[int, int] = {}
    for figure in figures:
        if figure.kind == kind and first <= figure.period <= last:
            found[figure.line] = found.get(figure.line, 0) + figure.amount
    return found


def moved_between(figures: Iterable[HandFigure], until: Period) -> Mapping[int, int]:
    """Line → what is added to it on the balance sheet at the end of ``until``."""
    latest: dict[tuple[int, int | None], HandFigure] = {}
    for figure in sorted(figures, key=lambda f: f.period):
        if figure.kind == "balance_sheet" and figure.period <= until:
            latest[figure.line, figure.from_line] = figure
    found: dict[int, int] = {}
    for figure in latest.values():
        found[figure.line] = found.get(figure.line, 0) + figure.amount
        if figure.from_line is not None:
            found[figure.from_line] = found.get(figure.from_line, 0) - figure.amount
    return found


def _sums(line: Line) -> bool:
    return all(term.take == "L" for term in line.terms) or line.name.startswith("减:")
