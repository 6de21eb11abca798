"""What every page, answer and column can hold: asked of the values that plugins give, before somebody else's page has to write them."""

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any

_LARGEST = 2**63 - 1
"""Of the database's numbers, and of JSON's as programs read them."""


def unwritable(value: Any) -> str | None:
    """Of ``value`` and everything in it (dataclasses, lists, sets, mappings), the first that cannot be written, in words; None when all can.

    That is half of a surrogate pair in a text (a file's name that was no UTF-8, for example), a whole number of more than 64 bits, and what
    is infinite or no number at all.
    """
    if isinstance(value, str):
        return None if _is_text(value) else f"{value!a:.80} is no text that can be written"
    if isinstance(value, int):
        return None if -_LARGEST <= value <= _LARGEST else f"a number of {value.bit_length()} bits is too large"
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{value!r} is no number that can be written"
    return next((found for part in _parts(value) if (found := unwritable(part))), None)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parts(value: Any) -> Iterator[Any]:
    if is_dataclass(value) and not isinstance(value, type):
        yield from (getattr(value, field.name) for field in fields(value))
    elif isinstance(value, Mapping):
        yield from chain(value.keys(), value.values())
    elif isinstance(value, Sequence | Set) and not isinstance(value, bytes | bytearray | memoryview):
        yield from value
