"""Whether a file's name says that it is a bank statement, and of which month. Pure.

A statement of account ("对账单") may be anybody's: a supplier's, a platform's. A bank's says so, or says nothing beside the month and the client.
"""

import datetime as dt
import re

from zhangfang_sdk.periods import Period

_STATEMENT = re.compile(r"对账单|流水|账户明细|交易明细")
_BANK = re.compile(
    "银行|[工农中建交招]行|邮储|农商|农信|信用社|浦发|中信|光大|华夏|民生|兴业|平安|广发|浙商|渤海|恒丰|网商|微众|账户|基本户|一般户|专户|网银"
)
_OTHERS = re.compile("供应商|客户|往来|支付宝|微信")
_MONTH = re.compile(r"(?:(20\d\d)\s*[-._年]?\s*)?(?<!\d)(1[0-2]|0?[1-9])\s*月|(20\d\d)[-._]?(1[0-2]|0[1-9])(?!\d)")
_WRITTEN = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*月")
_DAY = r"(20\d\d)\s*[-._/年]?\s*(1[0-2]|0?[1-9])\s*[-._/月]?\s*(3[01]|[12]\d|0?[1-9])\s*日?"
_SPAN = re.compile(rf"(?<!\d){_DAY}\s*[-_~—–至到]+\s*{_DAY}(?!\d)")
"""From a day to a day: "20261101-20261120", "2026年11月1日至2026年11月20日"."""
_NOTHING_SAID = re.compile("[年月日份季度上下半的电子版副本扫描件新]")
"""Signs of times and kinds of copies, which name nobody."""
FEWEST = 2
"""Characters of a client's name that tell it from others."""


def is_statement(name: str, client: str) -> bool:
    """``name`` of a file of ``client`` (its whole name)."""
    stem = name.rpartition(".")[0] or name
    if not _STATEMENT.search(stem) or _OTHERS.search(stem):
        return False
    if _BANK.search(stem):
        return True
    return all(len(part) >= FEWEST and part in client for part in _left(stem))


def _left(stem: str) -> list[str]:
    """Words that are neither times nor the statement itself."""
    words = _NOTHING_SAID.sub(" ", _STATEMENT.sub(" ", _MONTH.sub(" ", stem)))
    return [word for word in re.split(r"[\W\d_]+", words) if word and not word.isascii()]


def month_in(name: str, day_stored: Period) -> Period | None:
    """The month that a file's name tells ("11月", "2026-11", "2026年11月"), the latest one not after the month in which it was stored."""
    if (last := _last_day_in(name)) is not None:
        return Period.of(last)
    match = _MONTH.search(name)
    if match is None:
        return None
    month = int(match[2] or match[4])
    if year := match[1] or match[3]:
        return Period(int(year), month)
    return Period(day_stored.year - (month > day_stored.month), month)


def of_earlier_month(name: str, covers: Period, day_stored: Period) -> Period | None:
    """The month that the name of a statement tells, where it is one before ``covers``: what ends there holds nothing of it. A later month may be
    that in which it was exported, digits alone an account's, of several months each may be the last; None for those."""
    is_clear = _SPAN.search(name) is not None or len(set(_WRITTEN.findall(name))) == 1
    if not is_clear or not _STATEMENT.search(name):
        return None
    named = month_in(name, day_stored)
    return named if named is not None and named < covers else None


def reach(name: str, month: Period, came_on: dt.date) -> dt.date:
    """The last day of the month that a statement of this name which came on a day can hold."""
    named = _last_day_in(name)
    return min(came_on, named if named is not None and Period.of(named) == month else came_on)


def _last_day_in(name: str) -> dt.date | None:
    match = _SPAN.search(name)
    try:
        return None if match is None else dt.date(int(match[4]), int(match[5]), int(match[6]))
    except ValueError:
        return None
