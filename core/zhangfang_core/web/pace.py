"""How long a page waits for what plugins add to it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from zhangfang_sdk.errors import Refusal

MOST_S = 0.3
"""What a card or a red dot may take."""
QUICK_S = 0.05
"""What was quicker the last time is waited for; the rest comes after the page."""
LISTS_S = 0.003
"""What a page waits in all for the lists of what waits; those that would not fit come after it."""

_last: dict[tuple[str, str], float] = {}


def is_quick(plugin: str, part: str) -> bool:
    """Whether this part ("badge tasks") of a plugin answered quickly the last time in this process; not, while nobody knows."""
    return expected(plugin, part) <= QUICK_S


def expected(plugin: str, part: str) -> float:
    """Seconds that this part took the last time in this process; the most that it may take while nobody knows."""
    return _last.get((plugin, part), MOST_S)


@contextmanager
def paced(plugin: str, part: str) -> Iterator[None]:
    """Measure an answer. What failed is not waited for the next time: telling of a failure takes longer than most answers."""
    began = time.perf_counter()
    try:
        yield
    except Exception as error:
        _last[plugin, part] = time.perf_counter() - began if isinstance(error, Refusal) else MOST_S
        raise
    _last[plugin, part] = time.perf_counter() - began
