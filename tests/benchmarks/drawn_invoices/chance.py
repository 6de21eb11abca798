"""Chance that falls the same way each time it is asked with the same seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A row of draws that depends on ``seed`` alone, not on the machine or on other rows."""

    def __init__(self, *seed: object) -> None:
        self._random = random.Random(repr(seed))  # noqa: S311  # drawings, no secrets

    def of(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """``count`` different ones."""
        return self._random.sample(options, count)

    def whole(self, least: int, most: int) -> int:
        """Both ends included."""
        return self._random.randint(least, most)

    def share(self, least: float = 0.0, most: float = 1.0) -> float:
        return self._random.uniform(least, most)

    def happens(self, share: float) -> bool:
        return self._random.random() < share

    def digits(self, count: int, first: str = "0123456789") -> str:
        return self.of(first) + "".join(self.of("0123456789") for _ in range(count - 1))

    def marks(self, alphabet: str, count: int) -> str:
        return "".join(self.of(alphabet) for _ in range(count))

    def date(self, first: dt.date, last: dt.date) -> dt.date:
        return first + dt.timedelta(days=self.whole(0, (last - first).days))
