"""The second firm's client: a small hardware shop, small-scale taxpayer, whose sales end each quarter just below the VAT threshold."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from zhangfang_core.demo.stories.books import StoryBooks, credit, debit
from zhangfang_core.demo.stories.invoices import Good, charged, plan_bill, worth
from zhangfang_core.demo.stories.parties import invented_tax_id, party
from zhangfang_core.demo.stories.rates import rated
from zhangfang_core.demo.stories.recurring import (
    Payroll,
    opening,
    plan_month_end,
    plan_taxes_paid,
    plan_wages,
)
from zhangfang_core.demo.stories.values import Company, Story
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.periods import Period

MONTHS = 12
"""Enough to hold three whole quarters, whatever month of its own quarter runs."""
WEEKS_A_QUARTER, WEEKS_A_MONTH = 12, 4
SALES = (288_400_00, 286_000_00, 291_200_00, 284_700_00, 288_400_00)
"""Fen without tax of the running quarter when it is over, and of those before it, back in time."""
_TOOLS = party(60, "永康恒壶五金制品有限公司", "330784")
_PIPES = party(61, "台州塑联管业有限公司", "331002")
_LANDLORD = party(62, "绍兴越城市场管理有限公司", "330602")
_WRENCH = Good("*金属制品*活动扳手", 24_00, 13, "把", "10寸")
_PIPE = Good("*塑料制品*PPR水管", 9_60, 13, "根", "25mm×4m")


def neighbour(today: date) -> Story:
    """Two months that end with the month of ``today``."""
    first = Period.of(today).plus(1 - MONTHS)
    company = Company(
        "neighbour",
        "绍兴老徐五金经营部有限公司",
        invented_tax_id(103, "330602"),
        TaxpayerKind.SMALL_SCALE,
        "retail",
        first.first_day,
    )
    entries, year = opening(
        first,
        12_000_00,
        930_00,
        False,
        [
            debit("1001", 1_800_00),
            debit("1002", 192_350_40),
            debit("1405", 46_000_00),
            debit("1601", 18_000_00),
            credit("1602", 6_000_00),
            credit("221101", 9_600_00),
            credit("3001", 80_000_00),
        ],
    )
    books = StoryBooks(company, entries)
    for index in range(MONTHS):
        period = first.plus(index)
        _plan(books, period, index, _takings(books, period, Period.of(today)))
        plan_month_end(books, period, year)
        books.live(period, today)
    return books.story()


def _takings(books: StoryBooks, period: Period, last: Period) -> Sequence[int]:
    """Of the weeks of a month without tax; the quarter's last week brings what its sales still lack."""
    back = _quarter(last) - _quarter(period)
    weeks = [books.dice.between(f"quarter {back}/{week}", 222, 254) * 100_00 for week in range(WEEKS_A_QUARTER - 1)]
    weeks.append(SALES[back] - sum(weeks))
    first = (period.month - 1) % 3 * WEEKS_A_MONTH
    return weeks[first : first + WEEKS_A_MONTH]


def _quarter(period: Period) -> int:
    return period.year * 4 + (period.month - 1) // 3


def _plan(books: StoryBooks, period: Period, index: int, takings: Sequence[int]) -> None:
    for week, (number, net) in enumerate(zip((7, 14, 21, 28), takings, strict=True)):
        books.on(date(period.year, period.month, number), partial(_week, books, net=net, week=week), 70)
    for number, seller, good in ((4, _TOOLS, _WRENCH), (18, _PIPES, _PIPE)):
        line = worth(good, books.dice.around(f"{index}/{good.name}", 28_200_00, 30))
        plan_bill(
            books, date(period.year, period.month, number), "购进商品", seller, line, "1405", special=False
        )
    rent = charged("*经营租赁*店面租金", 3_600_00, 5, "月")
    first = date(period.year, period.month, 3)
    plan_bill(books, first, "支付本月店面租金", _LANDLORD, rent, "560105", special=False)
    books.on(
        date(period.year, period.month, 5),
        lambda day: books.record(day, "计提本月折旧", debit("560106", 300_00), credit("1602", 300_00)),
    )
    plan_wages(books, period, Payroll({"560101": 9_600_00}, insured=9_000_00, insurance_account="560101"))
    plan_taxes_paid(books, period)


def _week(books: StoryBooks, day: date, net: int, week: int) -> None:
    levy = rated(net, "small_scale_levy", day)
    books.record(
        day, f"第{week + 1}周门店收款", debit("1002", net + levy), credit("5001", net), credit("222101", levy)
    )
    cost = net * 66 // 100
    books.record(day, f"结转第{week + 1}周销售成本", debit("5401", cost), credit("1405", cost))
