"""Numbers of vouchers, invoices and contracts by which a line's text names what it is for. Pure."""

import re
from functools import lru_cache

NAMED_AT_LEAST = 5
TAIL = 8
"""People write the last eight figures of an invoice's twenty."""
_FIGURES = re.compile(r"(?<!\d)\d{8,}(?!\d)")


@lru_cache(maxsize=100_000)
def tails_of(text: str) -> frozenset[str]:
    """The last eight figures of every long number."""
    return frozenset(number[-TAIL:] for number in _FIGURES.findall(text))


def is_named(target: str, text: str) -> bool:
    """Whether ``text`` has a word of ``target`` with figures in it, or the end of one of its long numbers."""
    if not text:
        return False
    words = (word for word in target.split() if len(word) >= NAMED_AT_LEAST and any(c.isdigit() for c in word))
    return any(word in text for word in words) or not tails_of(target).isdisjoint(tails_of(text))
