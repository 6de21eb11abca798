"""Chance that repeats itself: every throw follows from its label, so that one more never shifts the others."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws of one story."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def between(self, label: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        digest = hashlib.sha256(f"{self._seed}/{label}".encode()).digest()
        return low + int.from_bytes(digest[:8]) % (high - low + 1)

    def pick(self, label: str, choices: Sequence[T]) -> T:
        """One of ``choices``."""
        return choices[self.between(label, 0, len(choices) - 1)]

    def around(self, label: str, amount: int, per_mille: int) -> int:
        """``amount`` give or take ``per_mille``."""
        return amount * (1000 + self.between(label, -per_mille, per_mille)) // 1000
