"""What a card is written off by month: pure, amounts are fen. Each method counts what is written off up to a month, so that the
months sum to the fen, and a change of estimate spreads what is left.

小企业会计准则 第三十至三十二、四十一、四十四条 (2013-01-01); 企业会计准则第4号 第十七至十九条, 第6号 第十七条 (2007-01-01).
"""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial

from zhangfang_sdk.assets import Asset, AssetKind, Estimate, Method
from zhangfang_sdk.periods import Period

YEAR = 12
LAST_YEARS = 2
"""双倍余额递减法 goes over to even parts in the last two years of life."""


def amount_of(asset: Asset, period: Period) -> int:
    """What the month writes off."""
    return written_off(asset, period) - written_off(asset, period.plus(-1))


def written_off(asset: Asset, period: Period) -> int:
    """All that is written off at the end of ``period``, whether booked or not."""
    last = period if asset.left_on is None else min(period, last_month(asset.kind, asset.left_on))
    total = asset.estimates[0].written_off or 0
    for number, estimate in enumerate(asset.estimates):
        if last < estimate.since:
            break
        following = asset.estimates[number + 1].since if number + 1 < len(asset.estimates) else None
        until = last if following is None or last < following else following.plus(-1)
        before = total if estimate.written_off is None else estimate.written_off
        total = before + _of_estimate(asset, estimate, before, until)
    return total


def first_month(kind: AssetKind, in_use_from: Period) -> Period:
    """A fixed asset and 长期待摊费用 from the month after, an intangible from the month in which it can be used."""
    return in_use_from if kind is AssetKind.INTANGIBLE else in_use_from.plus(1)


def last_month(kind: AssetKind, left_on: dt.date) -> Period:
    """A fixed asset still depreciates in the month in which it leaves; what is amortised does not."""
    left = Period.of(left_on)
    return left if kind is AssetKind.FIXED else left.plus(-1)


def _of_estimate(asset: Asset, estimate: Estimate, before: int, until: Period) -> int:
    spread = max(asset.cost - estimate.residual - before, 0)
    months = _months_between(estimate.since, until) + 1
    if estimate.method is Method.UNITS:
        worked = sum(units for month, units in asset.worked if estimate.since <= month <= until)
        return spread * min(worked, estimate.units) // estimate.units
    if months >= estimate.months:
        return spread
    return _METHODS[estimate.method](spread, asset.cost - before, estimate.months, months)


def _straight_line(spread: int, net: int, life: int, months: int) -> int:
    del net
    return spread * months // life


def _by_years(yearly: Callable[[int, int, int], list[int]], spread: int, net: int, life: int, months: int) -> int:
    """Within a year of use the months are even."""
    parts = yearly(spread, net, life // YEAR)
    years, rest = divmod(months, YEAR)
    return sum(parts[:years]) + parts[years] * rest // YEAR


def _double_declining(spread: int, net: int, years: int) -> list[int]:
    parts: list[int] = []
    residual = net - spread
    for year in range(years):
        left, rest = net - sum(parts), years - year
        even = (left - residual) // rest
        parts.append(even if rest <= LAST_YEARS else min((left * 4 + years) // (years * 2), left - residual))
    parts[-1] += spread - sum(parts)
    return parts


def _sum_of_years(spread: int, net: int, years: int) -> list[int]:
    del net
    whole = years * (years + 1) // 2
    ends = [spread * sum(years - n for n in range(year + 1)) // whole for year in range(years)]
    return [end - before for end, before in zip(ends, [0, *ends[:-1]], strict=True)]


_METHODS: Mapping[Method, Callable[[int, int, int, int], int]] = {
    Method.STRAIGHT_LINE: _straight_line,
    Method.DOUBLE_DECLINING: partial(_by_years, _double_declining),
    Method.SUM_OF_YEARS: partial(_by_years, _sum_of_years),
}


def _months_between(first: Period, last: Period) -> int:
    return (last.year - first.year) * YEAR + last.month - first.month
