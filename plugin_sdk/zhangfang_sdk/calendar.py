"""Working days, and until when taxes are declared. All days are business dates (Asia/Shanghai)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.clients import TaxpayerKind


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """What is known of a year. Until the State Council has announced its holidays ``is_official`` is False: show 暂估 beside it."""

    year: int
    is_official: bool
    source: str


@dataclass(frozen=True, slots=True)
class TaxDeadline:
    """The last day on which a tax may be declared.

    ``tax`` is a stable key ("vat", "iit_withholding", "cit_prepayment" ...), ``covers`` the time declared for ("2026-10",
    "2026Q3", "2025"). ``statutory`` is the day that the law names, ``due`` the day that holidays or the firm moved it to. ``is_confirmed``
    is False for what no official text in hand confirms, ``is_estimated`` True where the year's holidays are not announced yet.
    ``moved_because`` is the firm's reason, "" where the firm changed nothing.
    """

    tax: str
    title: str
    covers: str
    statutory: dt.date
    due: dt.date
    source: str
    is_confirmed: bool
    is_estimated: bool
    moved_because: str = ""


class Calendar(Protocol):
    """Everybody may ask. Runs in the caller's transaction; years that nobody knows are Monday to Friday, 暂估."""

    @needs()
    async def is_working_day(self, day: dt.date) -> bool: ...

    @needs()
    async def working_day(self, day: dt.date) -> dt.date:
        """``day`` itself, or the first working day after it."""
        ...

    @needs()
    async def plus_working_days(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``day`` (before it where ``count`` is negative); with 0 the day itself."""
        ...

    @needs()
    async def year(self, year: int) -> YearOfDays: ...

    @needs()
    async def tax_deadlines(
        self, first: dt.date, last: dt.date, payer: TaxpayerKind, *, area: str = ""
    ) -> Sequence[TaxDeadline]:
        """Those due from ``first`` to ``last``, both included, earliest first; at most 400 days apart, else ValueError.

        ``area`` is the first digits of the place's code (GB/T 2260, "3301"): what the firm has moved for a longer beginning of
        it wins over a shorter one; "" asks for what holds everywhere.
        """
        ...
