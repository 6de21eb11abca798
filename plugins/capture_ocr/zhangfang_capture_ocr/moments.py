"""Instants as people read them, in Asia/Shanghai."""

import datetime as dt

from zhangfang_sdk.periods import BUSINESS_TIME_ZONE


def now() -> dt.datetime:
    """This instant, UTC."""
    return dt.datetime.now(dt.UTC)


def day_of(instant: dt.datetime) -> str:
    """UTC instant → "11月23日"."""
    local = instant.astimezone(BUSINESS_TIME_ZONE)
    return f"{local.month}月{local.day}日"


def moment_of(instant: dt.datetime) -> str:
    """UTC instant → "11-23 16:41"."""
    return instant.astimezone(BUSINESS_TIME_ZONE).strftime("%m-%d %H:%M")
