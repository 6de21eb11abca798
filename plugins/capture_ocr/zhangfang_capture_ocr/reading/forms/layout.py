"""Finds printed labels on a page and the text beside them, by coordinates alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from zhangfang_capture_ocr.reading.forms.page import Glyph, Page
from zhangfang_capture_ocr.reading.titles import narrow, near
from zhangfang_capture_ocr.reading.values import Box

# Tolerances in em (the height of the glyph): measured on forms of six issuing systems, where the text of a
# cell is off its label by up to 0.4 em and lines are never closer than 1 em.
ROW_SLACK: Final = 0.35
_SEEN_SLACK: Final = 0.5
"""As ROW_SLACK, for recognised text: an engine's boxes are looser."""
BAND: Final = 0.6
WORD_GAP: Final = 0.8
_CELL_GAP: Final = 1.0
_LABEL_REACH: Final = 6.0
_COLUMN_SLACK: Final = 0.6
_NEIGHBOUR: Final = 0.5
_UNEVEN: Final = 1.8
_GAPS: Final = re.compile(r"(?<=[\u3000-\u9fff（）]) +| +(?=[\u3000-\u9fff（）])")
_WATERMARK: Final = 2.4
"""How many times larger than the usual letter a word is that may be a watermark."""
_VERTICAL_LABELS: Final = (
    "购买方信息",
    "销售方信息",
    "购买方",
    "销售方",
    "购货单位",
    "销货单位",
    "密码区",
    "备注",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of glyphs on one page, left to right."""

    page: Page
    glyphs: tuple[Glyph, ...]

    @property
    def left(self) -> float:
        return min(glyph.left for glyph in self.glyphs)

    @property
    def right(self) -> float:
        return max(glyph.right for glyph in self.glyphs)

    @property
    def top(self) -> float:
        return min(glyph.top for glyph in self.glyphs)

    @property
    def bottom(self) -> float:
        return max(glyph.bottom for glyph in self.glyphs)

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    @property
    def middle(self) -> float:
        """Mean vertical centre."""
        return sum(glyph.middle for glyph in self.glyphs) / len(self.glyphs)

    @property
    def size(self) -> float:
        """Median height, about one em."""
        sizes = sorted(glyph.size for glyph in self.glyphs)
        return sizes[len(sizes) // 2]

    @property
    def end(self) -> float:
        """Centre of the last glyph: wide punctuation (：) may reach over the value that follows it."""
        return max(glyph.centre for glyph in self.glyphs)

    @property
    def compact(self) -> str:
        """The text without any space."""
        return "".join(glyph.char for glyph in self.glyphs if glyph.char != " ")

    @property
    def plain(self) -> str:
        """As `compact`, letter for letter, its signs narrow: for matching."""
        return narrow(self.compact)

    @property
    def text(self) -> str:
        """The text with the spaces that a reader sees, outer ones left out."""
        return spaced(self.glyphs).strip()

    @property
    def box(self) -> Box:
        """The place in fractions of the page."""
        wide, high = self.page.width or 1.0, self.page.height or 1.0
        fall = self.page.slope * self.centre
        return Box(
            self.page.index,
            round(min(max(self.left / wide, 0.0), 1.0), 5),
            round(min(max((self.top + fall) / high, 0.0), 1.0), 5),
            round(min(max(self.right / wide, 0.0), 1.0), 5),
            round(min(max((self.bottom + fall) / high, 0.0), 1.0), 5),
        )

    def part(self, start: int, end: int) -> Span:
        """The glyphs behind `compact[start:end]`."""
        solid = [glyph for glyph in self.glyphs if glyph.char != " "]
        return Span(self.page, tuple(solid[start:end]))


def _likely(word: Span, words: str) -> Span:
    """The part of a word that is nearest to a label: up to its last letters, or up to the colon."""
    plain = word.plain
    for ending in (words, words[1:], words[-2:], words[-1:]):
        at = plain.find(ending)
        if at >= 0:
            return word.part(0, at + len(ending))
    return word.part(0, plain.find(":") + 1) if ":" in plain else word


def tidied(text: str) -> str:
    """Recognised words whose brackets are of one width, for of a wide and a narrow one, one was misread; and without the gaps
    that readers see beside wide signs."""
    wide, slim = sum(map(text.count, "（）")), sum(map(text.count, "()"))
    same = text.replace("(", "（").replace(")", "）") if wide and slim else text
    return _GAPS.sub("", same)


def words_in(row: Span) -> list[Span]:
    """A row cut into its words."""
    groups: list[list[Glyph]] = []
    for glyph in (each for each in row.glyphs if each.char != " "):
        before = groups[-1][-1] if groups else None
        if before is not None and (
            before.run == glyph.run > 0 if row.page.is_seen else glyph.left - before.right < _CELL_GAP * glyph.size
        ):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    return [Span(row.page, tuple(group)) for group in groups]


def first_words(span: Span, gap: float = 2.0) -> Span:
    """A stretch up to the first gap wider than so many letters."""
    kept: list[Glyph] = []
    for glyph in span.glyphs:
        if glyph.char != " " and kept and glyph.left - kept[-1].right > gap * glyph.size:
            break
        if glyph.char != " " or kept:
            kept.append(glyph)
    return Span(span.page, tuple(glyph for glyph in kept))


def spaced(glyphs: Sequence[Glyph]) -> str:
    """Text of one row; printed spaces stay, wide gaps become one space, ends are kept as they are."""
    pieces: list[str] = []
    before: Glyph | None = None
    for glyph in glyphs:
        if glyph.char == " ":
            if not pieces or pieces[-1] != " ":
                pieces.append(" ")
            continue
        if before is not None and pieces[-1] != " " and glyph.left - before.right > WORD_GAP * glyph.size:
            pieces.append(" ")
        pieces.append(glyph.char)
        before = glyph
    return "".join(pieces)


def rows_of(page: Page, glyphs: Iterable[Glyph]) -> list[Span]:
    """Group glyphs into visual rows, top to bottom, each left to right."""
    slack = _SEEN_SLACK if page.is_seen else ROW_SLACK
    groups: list[list[Glyph]] = []
    means: list[float] = []
    for glyph in sorted(glyphs, key=lambda each: each.middle):
        if groups and abs(glyph.middle - means[-1]) <= slack * min(glyph.size, groups[-1][-1].size):
            group = groups[-1]
            means[-1] += (glyph.middle - means[-1]) / (len(group) + 1)
            group.append(glyph)
        else:
            groups.append([glyph])
            means.append(glyph.middle)
    return [
        Span(page, tuple(sorted(group, key=lambda each: each.left)))
        for group in groups
        if any(glyph.char != " " for glyph in group)
    ]


class Sheet:
    """One page with its vertical labels taken out of the text, so that they mix with no value."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.vertical: list[tuple[str, Span]] = []
        left = _without_watermark(page)
        for word in _VERTICAL_LABELS:
            while (found := _vertical(left, word)) is not None:
                self.vertical.append((word, Span(page, found)))
                taken = set(map(id, found))
                left = [glyph for glyph in left if id(glyph) not in taken]
        self.glyphs = left
        self.rows = rows_of(page, left)

    @cached_property
    def words(self) -> list[Span]:
        """The text cut where wide gaps stand; recognised text as it was boxed."""
        return [word for row in self.rows for word in words_in(row)]

    @cached_property
    def line(self) -> float:
        """The usual height of a letter."""
        sizes = sorted(glyph.size for glyph in self.glyphs)
        return sizes[len(sizes) // 2] if sizes else 10.0

    def find_all(self, pattern: re.Pattern[str]) -> list[Span]:
        """Every place where a row's text, spaces left out and signs narrow, matches."""
        return [
            row.part(*found.span())
            for row in self.rows
            for found in pattern.finditer(row.plain)
            if found.end() > found.start()
        ]

    def find(self, pattern: re.Pattern[str]) -> Span | None:
        """The topmost place, or None."""
        return next(iter(self.find_all(pattern)), None)

    def labels(self, pattern: re.Pattern[str], words: str) -> list[Span]:
        """As `find_all`; where nothing matches and the text was recognised, places that read `words` but for one letter."""
        found = self.find_all(pattern)
        if found or not self.page.is_seen:
            return found
        return [_likely(word, words) for word in self.words if near(word.plain, words)]

    def within(self, left: float, top: float, right: float, bottom: float) -> list[Span]:
        """Rows of the glyphs whose centres lie inside the given rectangle (points)."""
        inside = (glyph for glyph in self.glyphs if left < glyph.centre < right and top < glyph.middle < bottom)
        return rows_of(self.page, inside)

    def beside(self, label: Span, right: float | None = None, reach: float = BAND) -> Span | None:
        """What stands right of a label on its line, up to `right`; None where nothing does."""
        middle, slack = label.middle, reach * label.size
        limit = self.page.width if right is None else right
        inside = [
            glyph
            for glyph in self.glyphs
            if label.end < glyph.centre < limit and abs(glyph.middle - middle) <= slack and glyph not in label.glyphs
        ]
        solid = [glyph for glyph in inside if glyph.char != " "]
        if not solid:
            return None
        return Span(self.page, tuple(sorted(inside, key=lambda glyph: glyph.left)))

    def words_beside(self, label: Span, reach: float = 0.35) -> list[Span]:
        """As `beside`, cut into words: what is left of the label's own word first. `reach` is in widths of the page."""
        span = self.beside(label, None, 1.0 if self.page.is_seen else BAND)
        furthest = label.right + reach * self.page.width
        return [] if span is None else [word for word in words_in(span) if word.left < furthest]

    def edge_right_of(self, label: Span) -> float:
        """Where the field beside a label ends: the next rule, vertical label, or the page's edge."""
        middle = label.middle
        edges = [self.page.width]
        edges += [rule.x for rule in self.page.rules if rule.x > label.right + 1 and rule.top < middle < rule.bottom]
        edges += [
            span.left
            for _, span in self.vertical
            if span.left > label.right and span.top - 2 * span.size < middle < span.bottom + 2 * span.size
        ]
        return min(edges)


def _without_watermark(page: Page) -> list[Glyph]:
    """The glyphs of a page without large words that are printed over others."""
    sizes = sorted(glyph.size for glyph in page.glyphs)
    large = _WATERMARK * (sizes[len(sizes) // 2] if sizes else 0.0)
    big = [glyph for glyph in page.glyphs if glyph.size > large]
    small = [glyph for glyph in page.glyphs if glyph.size <= large and glyph.char != " "]
    over = {
        glyph.run
        for glyph in big
        if any(glyph.left < one.centre < glyph.right and glyph.top < one.middle < glyph.bottom for one in small)
    }
    return [glyph for glyph in page.glyphs if glyph.size <= large or glyph.run not in over]


def _vertical(glyphs: Sequence[Glyph], word: str) -> tuple[Glyph, ...] | None:
    """Glyphs that spell `word` downwards in one narrow column, standing alone on their lines."""
    for first in (glyph for glyph in glyphs if glyph.char == word[0]):
        column = [first]
        for char in word[1:]:
            last = column[-1]
            below = [
                glyph
                for glyph in glyphs
                if glyph.char == char
                and abs(glyph.centre - last.centre) < _COLUMN_SLACK * last.size
                and 0.5 * last.size < glyph.middle - last.middle < _LABEL_REACH * last.size
            ]
            if not below:
                break
            column.append(min(below, key=lambda glyph: glyph.middle))
        if len(column) == len(word) and _is_even(column) and not all(_has_neighbour(glyphs, each) for each in column):
            return tuple(column)
    return None


def _is_even(column: Sequence[Glyph]) -> bool:
    """Whether letters stand below each other at about the same distances: not one of a title and the rest of a label."""
    gaps = [after.middle - before.middle for before, after in pairwise(column)]
    return max(gaps) < _UNEVEN * min(gaps)


def _has_neighbour(glyphs: Sequence[Glyph], glyph: Glyph) -> bool:
    return any(
        other is not glyph
        and other.char != " "
        and abs(other.middle - glyph.middle) < 0.5 * glyph.size
        and -0.5 * glyph.size < max(other.left - glyph.right, glyph.left - other.right) < _NEIGHBOUR * glyph.size
        for other in glyphs
    )
