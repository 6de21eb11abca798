"""Cuts a page that holds several invoices, by nothing but the places of its words.

A page is cut along an empty strip only where both sides hold a head (a printed title or a ticket's number) and a sum, so no
cut can go through an invoice: it has one head. Of several such strips the widest right above a head is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zhangfang_capture_ocr.reading.titles import is_title

_TICKET_NUMBER: Final = re.compile(r"^(?:[A-Z]\d{2}[A-Z]\d{6}|[A-Z]\d{6,7})$")
_SUM: Final = re.compile(r"价税合计|小写|票价|[¥￥]-?\d|\d元|合计|金额.{0,4}\d")
_NARROWEST: Final = 0.004
"""Width of the narrowest strip, in widths of the page."""
_ABOVE_HEAD: Final = 0.09
"""How far below a strip the head may begin, in widths of the page: a number or a code may stand above the title."""
_MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Word:
    """One run of text, straightened; all lengths in widths of the page. `text` without spaces."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the page; the tiles of a page cover it whole."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x < self.right and self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class _Strip:
    begin: float
    end: float
    upright: bool
    anchored: bool

    @property
    def worth(self) -> tuple[bool, float]:
        return self.anchored, self.end - self.begin

    @property
    def middle(self) -> float:
        return (self.begin + self.end) / 2


def is_head(text: str) -> bool:
    """Whether a document begins here."""
    return is_title(text) or _TICKET_NUMBER.match(text) is not None


def tiles(words: Sequence[Word]) -> list[Tile]:
    """The parts of a page that hold one document each, from top to bottom; one tile where nothing can be cut."""
    done: list[tuple[Tile, list[Word]]] = []
    open_ = [(Tile(float("-inf"), float("-inf"), float("inf"), float("inf")), list(words))]
    while open_ and len(done) + len(open_) < _MOST:
        tile, inside = open_.pop()
        strips = [*_strips(inside, upright=False), *_strips(inside, upright=True)]
        if not strips:
            done.append((tile, inside))
            continue
        best = max(strips, key=lambda strip: strip.worth)
        one, other = _halves(tile, best)
        first = [word for word in inside if (word.right if best.upright else word.bottom) <= best.middle]
        open_ += [(other, [word for word in inside if word not in first]), (one, first)]
    done += open_
    return [tile for tile, _ in sorted(done, key=lambda each: (each[0].top, each[0].left))]


def _halves(tile: Tile, strip: _Strip) -> tuple[Tile, Tile]:
    if strip.upright:
        return (
            Tile(tile.left, tile.top, strip.middle, tile.bottom),
            Tile(strip.middle, tile.top, tile.right, tile.bottom),
        )
    return Tile(tile.left, tile.top, tile.right, strip.middle), Tile(tile.left, strip.middle, tile.right, tile.bottom)


def _strips(words: Sequence[Word], *, upright: bool) -> list[_Strip]:
    """The empty strips across all these words with a document on either side."""

    def begin(word: Word) -> float:
        return word.left if upright else word.top

    def end(word: Word) -> float:
        return word.right if upright else word.bottom

    ordered = sorted(words, key=begin)
    found = []
    reached = float("-inf")
    for place, word in enumerate(ordered):
        if place and begin(word) - reached >= _NARROWEST:
            before, after = ordered[:place], ordered[place:]
            if _documents(before) and _documents(after):
                head = min(begin(each) for each in after if is_head(each.text))
                near = upright or head - begin(word) < _ABOVE_HEAD
                found.append(_Strip(reached, begin(word), upright, near and not _sum_above(after, head, upright)))
        reached = max(reached, end(word))
    return found


def _documents(words: Sequence[Word]) -> bool:
    """Whether a head stands here with a sum below it."""
    head = min((word.top for word in words if is_head(word.text)), default=None)
    return head is not None and any(word.top > head and _SUM.search(word.text) for word in words)


def _sum_above(words: Sequence[Word], head: float, upright: bool) -> bool:
    return not upright and any(word.bottom <= head and _SUM.search(word.text) for word in words)
