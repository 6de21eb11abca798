"""What a verification of a firm's data is made of: parts that each count something again and name what is not as it was."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

MOST_NAMED = 100
"""Faults of a part that are named; those beyond are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the trail or the sums say. ``sentence`` is Chinese and says what, where and since when at the earliest.

    ``subject`` names the row ("core_voucher:17"); ``client`` is None for what belongs to the firm.
    """

    subject: str
    sentence: str
    client: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one check found. ``counted`` is a Chinese phrase such as "1,204 张凭证"; ``found`` counts all faults, ``faults`` names the first."""

    id: str
    title: str
    counted: str
    found: int = 0
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, id_: str, title: str, counted: str, faults: list[Fault]) -> "Part":
        return cls(id_, title, counted, len(faults), tuple(faults[:MOST_NAMED]))


Check = Callable[[bool], Awaitable[Part]]
"""``check(whole)`` runs in the scope of one trail with no transaction open; ``whole`` False lets slow checks take a share of each day."""
