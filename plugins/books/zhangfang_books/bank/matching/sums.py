"""Which of some amounts add up to another. Pure; bounded, so that no file takes for ever."""

from collections.abc import Iterator, Sequence
from itertools import combinations

MOST_TOGETHER = 4
MOST_LOOKED_AT = 18
LONGEST_RUN = 12


class Sums:
    """Sums of two to four of ``amounts``, and of longer runs of neighbours, with the places that make them: the fewest, the first."""

    def __init__(self, amounts: Sequence[int]) -> None:
        self._made: dict[int, tuple[int, ...]] = {}
        self._ways: dict[int, int] = {}
        for places in _ways(len(amounts)):
            total = sum(amounts[n] for n in places)
            self._made.setdefault(total, places)
            self._ways[total] = self._ways.get(total, 0) + 1

    def making(self, total: int) -> tuple[int, ...] | None:
        return self._made.get(total)

    def between(self, least: int, most: int) -> tuple[int, ...] | None:
        """The sum nearest to ``least`` within the bounds, both included."""
        within = [total for total in self._made if least <= total <= most]
        return self._made[min(within)] if within else None

    def ways(self, total: int) -> int:
        return self._ways.get(total, 0)


def _ways(count: int) -> Iterator[tuple[int, ...]]:
    near = range(min(count, MOST_LOOKED_AT))
    for size in range(2, MOST_TOGETHER + 1):
        yield from combinations(near, size)
    for length in range(MOST_TOGETHER + 1, min(count, LONGEST_RUN) + 1):
        for first in range(count - length + 1):
            yield tuple(range(first, first + length))
    if count > MOST_LOOKED_AT:
        for length in range(2, MOST_TOGETHER + 1):
            for first in range(MOST_LOOKED_AT - length + 1, count - length + 1):
                yield tuple(range(first, first + length))
