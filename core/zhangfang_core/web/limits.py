"""How many requests of one address are under way at once."""

from collections import Counter

from zhangfang_core.identity.lines import line_of


class TooManyUnderWay(Exception):
    """An address has as many requests under way as one may have."""


class UnderWay:
    """Counts in this process. ``most`` at once for one address."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()

    def enter(self, address: str) -> "Place":
        """Take a place, to be left when the request is over. Raises TooManyUnderWay."""
        line = line_of(address)
        if self._counts[line] >= self._most:
            raise TooManyUnderWay(line)
        self._counts[line] += 1
        return Place(self._counts, line)


class Place:
    """One request's place among those of its address."""

    def __init__(self, counts: Counter[str], line: str) -> None:
        self._counts = counts
        self._line = line
        self._left = False

    def leave(self) -> None:
        """Free it; a second time does nothing."""
        if self._left:
            return
        self._left = True
        self._counts[self._line] -= 1
        if not self._counts[self._line]:
            del self._counts[self._line]
