"""Pages of an OFD document as glyphs and rules, from their content and the template below it. Lengths in points."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.forms.page import Glyph, Page, Rule
from zhangfang_capture_ocr.reading.refusals import Refused
from zhangfang_capture_ocr.reading.values import Source

POINTS: Final = 72 / 25.4
"""Points a millimetre, which is the unit of OFD."""
MAX_GLYPHS: Final = 20_000
_ASCENT: Final = 0.88
_HALF: Final = 0.5
_WIDE_FROM: Final = 0x2E80
_SHORTEST_RULE: Final = 3.0
_STRAIGHT: Final = 0.4
_FURTHEST: Final = 10_000.0
"""Millimetres beyond which a coordinate is nonsense."""
_TOKEN: Final = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on a page: its resource and its middle, in shares of the page."""

    resource: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class OfdPage:
    """A page, its images, and by their ids the texts of its objects with the glyphs that spell them."""

    page: Page
    pictures: tuple[Picture, ...]
    texts: dict[str, tuple[Glyph, ...]]


def page_of(contents: Sequence[Element], index: int, width: float, height: float) -> OfdPage:
    """A page of `width` by `height` millimetres; `contents` are its templates and its own content. Raises `Refused` `pdf.too_much_text`."""
    glyphs: list[Glyph] = []
    rules: list[Rule] = []
    pictures: list[Picture] = []
    texts: dict[str, tuple[Glyph, ...]] = {}
    for root in contents:
        for thing in _objects(xml_tree.child(root, "Content")):
            kind = xml_tree.local_name(thing)
            if kind == "TextObject":
                found = tuple(_glyphs(thing, len(texts) + 1))
                glyphs += found
                texts[thing.get("ID", f"?{len(texts)}")] = found
                if len(glyphs) > MAX_GLYPHS:
                    raise Refused("pdf.too_much_text")
            elif kind == "PathObject":
                rules += _rules(thing)
            elif kind == "ImageObject":
                left, top, wide, high = _numbers(thing.get("Boundary", ""), 4)
                pictures.append(Picture(thing.get("ResourceID", ""), (left + wide / 2) / width, (top + high / 2) / height))
    page = Page(index, width * POINTS, height * POINTS, tuple(glyphs), tuple(rules), Source.OFD)
    return OfdPage(page, tuple(pictures), texts)


def _objects(container: Element | None) -> Iterator[Element]:
    """Everything drawn, in layers and blocks of any depth that the tree allows."""
    for each in container if container is not None else ():
        if xml_tree.local_name(each) in ("Layer", "PageBlock"):
            yield from _objects(each)
        else:
            yield each


def _numbers(text: str, count: int) -> tuple[float, ...]:
    """So many numbers; zeros for what is missing or no sensible number."""
    found = []
    for word in text.split()[:count]:
        try:
            value = float(word)
        except ValueError:
            value = 0.0
        found.append(value if math.isfinite(value) and abs(value) < _FURTHEST else 0.0)
    return (*found, *(0.0 for _ in range(count - len(found))))


def _glyphs(thing: Element, run: int) -> Iterator[Glyph]:
    left, top, _, _ = _numbers(thing.get("Boundary", ""), 4)
    a, b, c, d, e, f = _numbers(thing.get("CTM", "1 0 0 1 0 0"), 6)
    (size,) = _numbers(thing.get("Size", "0"), 1)
    scale = math.sqrt(abs(a * d - b * c)) or 1.0
    high = size * scale
    if high <= 0:
        return
    for code in xml_tree.children(thing, "TextCode"):
        text = (code.text or "").strip("\r\n\t")
        x, y = _numbers(code.get("X", "0"), 1)[0], _numbers(code.get("Y", "0"), 1)[0]
        across = _deltas(code.get("DeltaX", ""), len(text))
        downwards = _deltas(code.get("DeltaY", ""), len(text))
        for place, char in enumerate(text):
            at_x, at_y = left + a * x + c * y + e, top + b * x + d * y + f
            wide = high * (1.0 if ord(char) >= _WIDE_FROM else _HALF)
            yield Glyph(
                " " if char.isspace() else char,
                at_x * POINTS,
                (at_y - _ASCENT * high) * POINTS,
                (at_x + wide) * POINTS,
                (at_y + (1 - _ASCENT) * high) * POINTS,
                run,
            )
            own = size * (1.0 if ord(char) >= _WIDE_FROM else _HALF)
            x += across[place] if place < len(across) else (0.0 if downwards else own)
            y += downwards[place] if place < len(downwards) else 0.0


def _deltas(text: str, most: int) -> list[float]:
    """Steps between letters; `g 3 1.5` is three steps of 1.5."""
    words = text.split()
    steps: list[float] = []
    place = 0
    while place < len(words) and len(steps) < most:
        if words[place] == "g" and place + 2 < len(words):
            times = words[place + 1]
            step = _numbers(words[place + 2], 1)[0]
            steps += [step] * min(int(times) if times.isdecimal() and len(times) < 6 else 0, most - len(steps))
            place += 3
        else:
            steps.append(_numbers(words[place], 1)[0])
            place += 1
    return steps


def _rules(thing: Element) -> Iterator[Rule]:
    """The upright lines of a path; curves only move the pen."""
    left, top, _, _ = _numbers(thing.get("Boundary", ""), 4)
    a, b, c, d, e, f = _numbers(thing.get("CTM", "1 0 0 1 0 0"), 6)
    tokens = _TOKEN.findall(xml_tree.text_at(thing, "AbbreviatedData")[:20_000])
    counts = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7}
    pen: tuple[float, float] | None = None
    place = 0
    while place < len(tokens):
        command, place = tokens[place], place + 1
        count = counts.get(command, 0)
        if not count:
            continue
        values = _numbers(" ".join(tokens[place : place + count]), count)
        place += count
        x, y = values[-2], values[-1]
        point = (left + a * x + c * y + e, top + b * x + d * y + f)
        if command == "L" and pen is not None:
            upright = abs(point[0] - pen[0]) <= _STRAIGHT and abs(point[1] - pen[1]) >= _SHORTEST_RULE
            if upright:
                ends = sorted((pen[1], point[1]))
                yield Rule((pen[0] + point[0]) / 2 * POINTS, ends[0] * POINTS, ends[1] * POINTS)
        pen = point
