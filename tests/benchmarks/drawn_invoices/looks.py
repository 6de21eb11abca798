"""How a document looks: two families, and in each what chance leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .chance import Chance
from .surfaces import BLACK, BLUE, GREEN, MAROON, Ink

Family = Literal["a", "b"]


@dataclass(frozen=True, slots=True)
class Look:
    """``colon`` follows labels; ``apart`` writes labels first and what they label after, as some programs do; ``upright`` heads of boxes
    run from top to bottom. ``slack`` widens some columns at the cost of others."""

    family: Family
    label: str
    value: str
    ink: Ink
    size: float
    colon: str
    apart: bool
    upright: bool
    money_sign: str
    slack: float

    @property
    def a(self) -> bool:
        return self.family == "a"


def look(family: Family, chance: Chance) -> Look:
    """a: as the tax bureau's own site draws, landscape, song and kai. b: as invoicing platforms do, upright, sans and script."""
    if family == "a":
        return Look(
            "a",
            chance.of(("kai", "song")),
            chance.of(("song", "song", "hei")),
            chance.of((MAROON, MAROON, (150, 70, 20))),
            chance.of((7.5, 8.0, 8.5)),
            "：",
            False,
            True,
            chance.of(("¥", "￥")),
            chance.share(-0.12, 0.12),
        )
    return Look(
        "b",
        chance.of(("hei", "wen")),
        chance.of(("hei", "wen", "kai")),
        chance.of((BLACK, BLUE, GREEN)),
        chance.of((7.0, 7.8, 9.0)),
        chance.of((":", "：")),
        chance.happens(0.6),
        chance.happens(0.5),
        chance.of(("¥", "￥", "¥ ")),
        chance.share(-0.2, 0.25),
    )
