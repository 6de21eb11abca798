"""Which of some amounts add up to another. Pure; bounded, so that no file takes for ever."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations

MOST_LOOKED_AT = 40
MOST_OF_A_RANGE = 12
LONGEST_RUN = 12

Places = tuple[int, ...]


class Sums:
    """Sums of two to four of the first ``MOST_LOOKED_AT`` of ``amounts``, and of longer runs of neighbours, with the places that make them."""

    def __init__(self, amounts: Sequence[int]) -> None:
        self._amounts = amounts
        self._near = amounts[:MOST_LOOKED_AT]

    def making(self, total: int) -> Places | None:
        """The fewest that make ``total``, of those the first."""
        return self._of_two(total) or self._of_three(total) or self._of_four(total) or self._run(total)

    def between(self, least: int, most: int) -> Places | None:
        """Of the first ``MOST_OF_A_RANGE`` and of runs: those whose sum is nearest to ``least`` within the bounds, both included."""
        made: dict[int, Places] = {}
        few = range(min(len(self._amounts), MOST_OF_A_RANGE))
        for places in (*combinations(few, 2), *combinations(few, 3), *combinations(few, 4), *self._runs()):
            made.setdefault(sum(self._amounts[n] for n in places), places)
        within = [total for total in made if least <= total <= most]
        return made[min(within)] if within else None

    @cached_property
    def _pairs(self) -> dict[int, list[tuple[int, int]]]:
        found: dict[int, list[tuple[int, int]]] = {}
        for one, other in combinations(range(len(self._near)), 2):
            found.setdefault(self._near[one] + self._near[other], []).append((one, other))
        return found

    def _of_two(self, total: int) -> Places | None:
        return next(iter(self._pairs.get(total, ())), None)

    def _of_three(self, total: int) -> Places | None:
        for first, amount in enumerate(self._near):
            for one, other in self._pairs.get(total - amount, ()):
                if first < one:
                    return first, one, other
        return None

    def _of_four(self, total: int) -> Places | None:
        for made, pairs in self._pairs.items():
            rest = self._pairs.get(total - made)
            for one, other in pairs if rest else ():
                for third, fourth in rest or ():
                    if other < third:
                        return one, other, third, fourth
                    if one < third and len({one, other, third, fourth}) == 4:
                        return tuple(sorted((one, other, third, fourth)))
        return None

    def _run(self, total: int) -> Places | None:
        return next((run for run in self._runs() if sum(self._amounts[n] for n in run) == total), None)

    def _runs(self) -> Iterator[Places]:
        count = len(self._amounts)
        for length in range(5, min(count, LONGEST_RUN) + 1):
            for first in range(count - length + 1):
                yield tuple(range(first, first + length))
