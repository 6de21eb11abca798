"""How long a page waits for what plugins add to it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

MOST_S = 0.3
"""What a card or a red dot may take."""
QUICK_S = 0.05
"""What was quicker the last time is waited for; the rest comes after the page."""

_last: dict[str, float] = {}


def is_quick(part: str) -> bool:
    """Whether this part ("card collab.tasks") answered quickly the last time in this process; not, while nobody knows."""
    return _last.get(part, MOST_S) <= QUICK_S


@contextmanager
def paced(part: str) -> Iterator[None]:
    """Measure an answer."""
    began = time.perf_counter()
    try:
        yield
    finally:
        _last[part] = time.perf_counter() - began
