"""Until when taxes are declared: rules of ``data/tax_deadlines.toml`` and the law's rule for holidays. Pure."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from zhangfang_core.calendar.days import WorkingDays, year_of
from zhangfang_sdk.calendar import TaxDeadline
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.periods import Period

_FILE = Path(__file__).parent / "data/tax_deadlines.toml"
LONG_HOLIDAY = 3
"""Days of a holiday in a row, within the term, that move its end (税收征收管理法实施细则 Art. 109)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to declare again and again. Either ``day`` of the month after, or ``month_day`` (month, day) of the year after."""

    tax: str
    title: str
    payers: frozenset[TaxpayerKind]
    every: Literal["month", "quarter", "year"]
    day: int | None
    month_day: tuple[int, int] | None
    moves: Literal["term", "last_day", "never"]
    since: dt.date
    source: str
    is_confirmed: bool


@cache
def rules() -> Sequence[Rule]:
    return [
        Rule(
            tax=data["tax"],
            title=data["title"],
            payers=frozenset(TaxpayerKind(payer) for payer in data["payers"]),
            every=data["every"],
            day=data.get("day"),
            month_day=None if "month_day" not in data else _month_day(data["month_day"]),
            moves=data["moves"],
            since=data["from"],
            source=data["source"],
            is_confirmed=data["evidence"] == "confirmed",
        )
        for data in tomllib.loads(_FILE.read_text("utf-8")).values()
    ]


def titles() -> Mapping[str, str]:
    """What is declared, by the code that ``TaxDeadline.tax`` has, as people call it."""
    return {rule.tax: rule.title for rule in rules()}


def _month_day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    return int(month), int(day)


def end_of_term(statutory: dt.date, days: WorkingDays) -> dt.date:
    """The end of a term that runs from the first of the month to ``statutory``, as holidays move it.

    With a holiday of three days or more in a row within the term, by as many working days as holidays lie in it; otherwise
    from a day off to the next working day. 税收征收管理法实施细则 Art. 109, counted as the tax administration's own calendars do.
    """
    term = [statutory.replace(day=n) for n in range(1, statutory.day + 1)]
    runs = [len(list(run)) for off, run in groupby(term, days.is_holiday) if off]
    if max(runs, default=0) >= LONG_HOLIDAY:
        return days.plus(statutory, sum(runs))
    return days.next_working(statutory)


def deadlines(payer: TaxpayerKind, month: Period, days: WorkingDays) -> Iterator[TaxDeadline]:
    """What the law has end in ``month``; holidays may move it into the next."""
    for rule in rules():
        term = _term(rule, month)
        if term is None or payer not in rule.payers:
            continue
        covers, statutory = term
        if statutory < rule.since:
            continue
        yield TaxDeadline(
            tax=rule.tax,
            title=rule.title,
            covers=covers,
            statutory=statutory,
            due=_moved(rule, statutory, days),
            source=rule.source,
            is_confirmed=rule.is_confirmed,
            is_estimated=not year_of(statutory.year).is_official,
        )


def _moved(rule: Rule, statutory: dt.date, days: WorkingDays) -> dt.date:
    if rule.moves == "never":
        return statutory
    return end_of_term(statutory, days) if rule.moves == "term" else days.next_working(statutory)


def _term(rule: Rule, month: Period) -> tuple[str, dt.date] | None:
    """What a rule has end in a month, and the day that it names; None where nothing does."""
    before = month.plus(-1)
    if rule.month_day is not None:
        ends = rule.month_day
        return (str(month.year - 1), month.first_day.replace(day=ends[1])) if ends[0] == month.month else None
    if rule.day is None or (rule.every == "quarter" and before.month % 3):
        return None
    covers = before.key if rule.every == "month" else f"{before.year}Q{before.month // 3}"
    return covers, month.first_day.replace(day=rule.day)
