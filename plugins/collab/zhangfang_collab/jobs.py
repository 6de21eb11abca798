"""Jobs of the plugin: each bears being run again."""

from zhangfang_collab import making
from zhangfang_sdk.periods import Period, today


async def next_month() -> None:
    """``collab.next_month``: from the 25th, the list of the month that comes; every day, for who is new and for a day on which nothing ran."""
    await making.make_everywhere(Period.current().plus(1))


async def month(period: str) -> None:
    """``collab.month``: that of a month ("2026-11"), asked for by somebody."""
    await making.make_everywhere(Period.parse(period))


async def new_clients() -> None:
    """``collab.new_clients``: every morning, for whom the month's list was made before they came."""
    await making.make_for_new_clients(today())
