"""Finds the table on a page by its headings, in print row by row, on a picture word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from zhangfang_capture_ocr.reading.forms.columns import BEYOND, HEADERS, Column, Table, money_in, with_signs
from zhangfang_capture_ocr.reading.forms.layout import ROW_SLACK, Sheet, Span
from zhangfang_capture_ocr.reading.forms.page import Glyph

_REQUIRED: Final = frozenset({"name", "amount", "rate", "tax"})
_SEEN_BAND: Final = 1.1
"""Half the height of the band in which the headings of a recognised table stand, in letters."""
_SEEN_ENOUGH: Final = 4
_ANCHOR: Final = re.compile(r"规格型号|单价|数量|税率|金额|项目名称")
_LONGEST_HEADING: Final = 14
_SPLIT: Final = {"amount": "金", "tax": "税"}
_TOTALS: Final = re.compile(r"^(?:合计|小计)(?=[¥￥*\d-]|$)")
_SEEN_TOTALS: Final = re.compile(r"(?<!税)(?:合计|小计)(?=[¥羊半Y*\d-]|$)")
_TOTAL_WORDS: Final = re.compile(r"价税合计")
_SIGNED: Final = re.compile(r"¥-?\d")


def table_of(sheet: Sheet) -> Table | None:
    """The table of a page, or None where it has none."""
    if sheet.page.is_seen:
        return _seen_table(sheet)
    for row in sheet.rows:
        if "额" not in row.compact:
            continue
        slack = ROW_SLACK * row.size
        band = sheet.within(0, row.middle - slack, sheet.page.width, row.middle + slack)
        heading = Span(sheet.page, tuple(sorted((g for part in band for g in part.glyphs), key=lambda g: g.left)))
        found = _headings(heading)
        if found.keys() >= _REQUIRED:
            return _table(sheet, heading, found, heading.bottom)
    return None


def _seen_table(sheet: Sheet) -> Table | None:
    """The same on a picture: of all bands through a heading the one with the most headings, word by word."""
    best: dict[str, Span] = {}
    for anchor in (word for word in sheet.words if _ANCHOR.search(word.plain) and len(word.plain) < _LONGEST_HEADING):
        reach = _SEEN_BAND * anchor.size
        band = [word for word in sheet.words if abs(word.middle - anchor.middle) < reach]
        found = _seen_headings(sorted(band, key=lambda word: word.left))
        if len(found) > len(best):
            best = found
    if "amount" not in best or len(best) < _SEEN_ENOUGH:
        return None
    middles = sorted(span.middle for span in best.values())
    heading = Span(sheet.page, tuple(glyph for span in best.values() for glyph in span.glyphs))
    return _table(sheet, heading, _completed(sheet, best), middles[len(middles) // 2] + 0.5 * heading.size)


def _seen_headings(words: Sequence[Span]) -> dict[str, Span]:
    found: dict[str, Span] = {}
    left = float("-inf")
    for name, pattern in HEADERS:
        for word in words:
            match = pattern.search(word.plain) if len(word.plain) < _LONGEST_HEADING else None
            span = word.part(*match.span()) if match is not None else _split_heading(word, words, name)
            if span is not None and span.left > left:
                found[name], left = span, span.left
                break
    return found


def _split_heading(word: Span, words: Sequence[Span], name: str) -> Span | None:
    """A heading whose two letters stand apart, 金 额; the second is often misread and anything of one letter."""
    if word.plain != _SPLIT.get(name):
        return None
    for other in words:
        if len(other.plain) == 1 and 0 < other.left - word.right < 5 * word.size:
            return Span(word.page, (*word.glyphs, *other.glyphs))
    return None


def _completed(sheet: Sheet, found: dict[str, Span]) -> dict[str, Span]:
    """The headings with those that were not recognised put where they usually stand."""
    whole = dict(found)
    amount = found["amount"]
    size, right = amount.size, sheet.page.width

    def placed(left: float, text: str) -> Span:
        edges = [left + size * n for n in range(len(text) + 1)]
        glyphs = (
            Glyph(char, edges[n], amount.top, edges[n + 1], amount.bottom, 0) for n, char in enumerate(text)
        )
        return Span(sheet.page, tuple(glyphs))

    if "tax" not in whole:
        whole["tax"] = placed(whole["rate"].right + 6 * size if "rate" in whole else (amount.right + right) / 2, "税额")
    if "rate" not in whole:
        whole["rate"] = placed((amount.right + whole["tax"].left) / 2 - size, "税率")
    if "name" not in whole:
        whole["name"] = placed(min(span.left for span in whole.values()) / 2, "项目名称")
    return whole


def _headings(heading: Span) -> dict[str, Span]:
    text = heading.plain
    found: dict[str, Span] = {}
    start = 0
    for name, pattern in HEADERS:
        match = pattern.search(text, start)
        if match is not None:
            found[name] = heading.part(*match.span())
            start = match.end()
    return found


def _table(sheet: Sheet, heading: Span, found: dict[str, Span], top: float) -> Table:
    named = list(found.items())
    known = {id(glyph) for span in found.values() for glyph in span.glyphs}
    others = [glyph for glyph in heading.glyphs if glyph.char != " " and id(glyph) not in known]
    for number, cluster in enumerate(_clusters(others, heading.size)):
        named.append((f"other{number}", Span(sheet.page, cluster)))
    named.sort(key=lambda each: each[1].left)

    below = heading.middle + 2 * heading.size
    edges: list[float | None] = []
    for (_, before), (_, after) in pairwise(named):
        between = [
            rule.x
            for rule in sheet.page.rules
            if before.centre < rule.x < after.centre and rule.top < heading.bottom and rule.bottom > below
        ]
        middle = (before.right + after.left) / 2
        edges.append(min(between, key=lambda x: abs(x - middle)) if between else None)
    ruled = all(edge is not None for edge in edges)
    bounds = [0.0, *(edge or 0.0 for edge in edges), sheet.page.width]
    columns = tuple(
        Column(name, span.left, span.right, bounds[number], bounds[number + 1])
        for number, (name, span) in enumerate(named)
    )
    words = min(
        (span.middle for span in sheet.labels(_TOTAL_WORDS, "价税合计") if span.top > heading.bottom), default=None
    )
    limit = sheet.page.height if words is None else words
    labels = sheet.find_all(_SEEN_TOTALS if sheet.page.is_seen else _TOTALS)
    totals = [span for span in labels if heading.bottom < span.middle < limit]
    if not totals and sheet.page.is_seen:
        totals = _unlabelled_sums(sheet, top, limit - 0.6 * sheet.line)
    ends = [limit - heading.size, *(span.middle - 0.6 * span.size for span in totals)]
    bottom = min(ends)
    leftmost = columns[0].left - 2 * BEYOND * heading.size
    inside = [word.left for word in sheet.words if top < word.middle < bottom and word.glyphs[0].run > 0]
    start = min((left for left in inside if left > leftmost), default=columns[0].left)
    return Table(top, bottom, columns, ruled, totals[-1] if totals else None, start)


def _unlabelled_sums(sheet: Sheet, top: float, bottom: float) -> list[Span]:
    """The row of sums on a picture on which 合计 was not recognised: the last one above the total that begins with a ¥."""
    signed = [word for word in sheet.words if top < word.middle < bottom and money_in(word) is not None]
    signed = [word for word in signed if _SIGNED.match(with_signs(word.plain))]
    row = [word for word in signed if abs(word.middle - signed[-1].middle) < sheet.line]
    return [min(row, key=lambda word: word.left).part(0, 1)] if row else []


def _clusters(glyphs: Sequence[Glyph], size: float) -> list[tuple[Glyph, ...]]:
    groups: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda each: each.left):
        if groups and glyph.left - groups[-1][-1].right < 1.2 * size:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    return [tuple(group) for group in groups]
