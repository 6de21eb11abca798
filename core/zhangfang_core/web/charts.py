"""Charts drawn on the server as SVG: readable by keyboard and screen reader, drilled into by plain links.

Pure functions of integers (fen). No inline styles: colours and text sizes are classes of the style sheet, so a strict
content security policy holds. Figures are elements that can be read as XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from zhangfang_core.web.money_text import fen, percent, thousand

PLOT_HEIGHT = 150
"""Pixels between the top rule and the lowest one."""
_TOP = 20
_BOTTOM = 24
_HEIGHT = _TOP + PLOT_HEIGHT + _BOTTOM
_FINE = 10_000
"""The stretched inner picture's width: a hundredth of a per cent a unit."""
_HUES = 8
_RING = 1_000


@dataclass(frozen=True, slots=True)
class Point:
    """One month (or other step) of a bar chart. Amounts in fen; `line` is the figure to compare with, if there is one."""

    label: str
    """Short, for the axis: `11月`."""
    value: int
    href: str
    """Where the evidence is: the vouchers behind the bar."""
    line: int | None = None
    name: str | None = None
    """Long, for screen readers: `2026年11月`. The short label stands in when absent."""
    now: bool = False
    """The current step is drawn darker and carries its figure."""


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: a non-negative amount in fen, with a link to its evidence where there is one."""

    label: str
    value: int
    href: str | None = None


def bars_with_line(
    points: Sequence[Point],
    *,
    title: str,
    bar_name: str,
    line_name: str | None = None,
    sheet: bool = True,
) -> Markup:
    """Draws bars with a comparison line above them, in thousands of yuan; one link per point.

    `title` names the chart, `bar_name` and `line_name` the two series. With `sheet`, links open in the drill sheet.
    No points give an empty string.
    """
    if not points:
        return Markup("")
    return _drawn(tuple(points), title, bar_name, line_name, sheet)


@lru_cache(maxsize=512)
def _drawn(points: tuple[Point, ...], title: str, bar_name: str, line_name: str | None, sheet: bool) -> Markup:
    """A quarter of the cockpit's time is this drawing, and most months do not change between two looks; the input is the key."""
    low, high, step = _scale([p.value for p in points] + [p.line for p in points if p.line is not None])
    span = high - low
    zero = _y(0, low, span)
    has_line = line_name is not None and any(p.line is not None for p in points)

    axis = Markup("").join(
        Markup('<text x="31" y="{}" text-anchor="end">{}</text>').format(_y(v, low, span) + 4, thousand(v))
        for v in range(low, high + 1, step)
    )
    rules = Markup("").join(
        Markup('<line class="{}" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(
            "base" if v == 0 else "rule", y=_y(v, low, span)
        )
        for v in range(low, high + 1, step)
    )
    every = 1 if len(points) <= 8 else 2 if len(points) <= 16 else 3
    bars = Markup("").join(
        _bar(p, i, len(points), low, span, zero, bar_name, line_name, sheet, (len(points) - 1 - i) % every == 0)
        for i, p in enumerate(points)
    )
    line = _line(points, low, span) if has_line else Markup("")
    return Markup(
        '<figure class="chart">{key}<div class="chart-body">'
        '<svg class="chart-axis" width="36" height="{height}" aria-hidden="true" focusable="false">{axis}</svg>'
        '<div class="chart-scroll" data-scroll-end="">'
        '<svg class="chart-plot chart-n{count}" height="{height}" role="group" aria-label="{title}">'
        "{rules}{bars}{line}</svg></div></div></figure>"
    ).format(
        key=_key(bar_name, line_name if has_line else None),
        height=_HEIGHT,
        axis=axis,
        count=min(len(points), 24),
        title=title,
        rules=rules,
        bars=bars,
        line=line,
    )


def sparkline(values: Sequence[int], *, label: str) -> Markup:
    """Draws the course of some figures in the height of a line; `label` says it in words (`近 6 个月上升`)."""
    if len(values) < 2:
        return Markup("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    spots = [(i * 100 // (len(values) - 1), 26 - (v - low) * 24 // span) for i, v in enumerate(values)]
    path = " ".join(f"{x},{y}" for x, y in spots)
    return Markup(
        '<svg class="spark{}" viewBox="0 0 100 28" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline class="spark-area" points="0,28 {path} 100,28"/><polyline points="{path}"/></svg>'
    ).format(" down" if values[-1] < values[0] else "", label, path=path)


def composition_bar(shares: Sequence[Share], *, title: str, sheet: bool = True) -> Markup:
    """Draws parts of a whole as one stacked bar with a list of names, amounts and per cent. Raises ValueError below zero."""
    total = _total(shares)
    if total == 0:
        return Markup("")
    parts, before = [], 0
    for i, share in enumerate(shares):
        left, right = before * _FINE // total, (before + share.value) * _FINE // total
        parts.append(
            Markup('<rect class="hue-{}" x="{}%" width="{}%" height="100%"/>').format(
                i % _HUES + 1, _hundredths(left), _hundredths(right - left)
            )
        )
        before += share.value
    return Markup('<figure class="chart compose"><svg role="img" aria-label="{}">{}</svg>{}</figure>').format(
        title, Markup("").join(parts), _share_list(shares, total, sheet)
    )


def donut(
    shares: Sequence[Share], *, title: str, total_label: str, centre: str | None = None, sheet: bool = True
) -> Markup:
    """Draws parts of a whole as a ring; `centre` is its middle text (per default the total in thousands of yuan).

    Parts with a link are links both in the ring and in the list; those of the ring stay out of the tab order, since the
    list says the same. Raises ValueError for an amount below zero.
    """
    total = _total(shares)
    if total == 0:
        return Markup("")
    rings, before = [], 0
    for i, share in enumerate(shares):
        start, end = before * _RING // total, (before + share.value) * _RING // total
        ring = Markup(
            '<circle class="ring hue-{}" cx="60" cy="60" r="46" pathLength="{whole}"'
            ' stroke-dasharray="{length} {rest}" stroke-dashoffset="-{start}"/>'
        ).format(i % _HUES + 1, whole=_RING, length=end - start, rest=_RING - (end - start), start=start)
        rings.append(_link(share.href, ring, sheet, share.label, hidden=True) if share.href else ring)
        before += share.value
    return Markup(
        '<figure class="chart donut"><svg viewBox="0 0 120 120" aria-hidden="true" focusable="false">'
        '<g transform="rotate(-90 60 60)">{rings}</g>'
        '<text x="60" y="55" text-anchor="middle">{label}</text>'
        '<text class="donut-total" x="60" y="75" text-anchor="middle">{centre}</text></svg>'
        '<figcaption class="visually-hidden">{title}</figcaption>{rows}</figure>'
    ).format(
        rings=Markup("").join(rings),
        label=total_label,
        centre=centre if centre is not None else thousand(total),
        title=title,
        rows=_share_list(shares, total, sheet),
    )


def _scale(values: Sequence[int]) -> tuple[int, int, int]:
    """The lowest and highest rule and their distance: 1, 2 or 5 times a power of ten, at most seven rules, zero among them."""
    low, high = min(0, *values), max(0, *values)
    rough = max((high - low) // 5, 100_000)
    power = 10 ** (len(str(rough)) - 1)
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    top = -(-high // step) * step
    bottom = low // step * step
    return bottom, max(top, bottom + step), step


def _y(value: int, low: int, span: int) -> int:
    return _TOP + PLOT_HEIGHT - (value - low) * PLOT_HEIGHT // span


def _bar(
    point: Point,
    index: int,
    count: int,
    low: int,
    span: int,
    zero: int,
    bar_name: str,
    line_name: str | None,
    sheet: bool,
    ticked: bool,
) -> Markup:
    left, right = index * _FINE // count, (index + 1) * _FINE // count
    width = right - left
    end = _y(point.value, low, span)
    top, height = min(end, zero), max(abs(end - zero), 1)
    middle = _hundredths((left + right) // 2)
    said = f"{point.name or point.label} {bar_name} {fen(point.value)} 元"
    if line_name is not None and point.line is not None:
        said += f",{line_name} {fen(point.line)} 元"
    classes = " ".join(c for c, on in (("now", point.now), ("loss", point.value < 0)) if on)
    drawn = Markup(
        '<rect class="hit" x="{x}%" y="0" width="{w}%" height="{whole}"/>'
        '<rect class="bar" x="{bx}%" y="{top}" width="{bw}%" height="{height}" rx="3"/>'
        '<text class="value" x="{middle}%" y="{above}" text-anchor="{anchor}">{figure}</text>{tick}'
    ).format(
        x=_hundredths(left),
        w=_hundredths(width),
        whole=_HEIGHT,
        bx=_hundredths(left + width * 19 // 100),
        bw=_hundredths(width * 62 // 100),
        top=top,
        height=height,
        middle=middle,
        above=top - 6,
        anchor="end" if count > 3 and index == count - 1 and len(thousand(point.value)) > 4 else "middle",
        figure=thousand(point.value),
        tick=Markup('<text class="tick" x="{}%" y="{}" text-anchor="middle">{}</text>').format(
            middle, _HEIGHT - 6, point.label
        )
        if ticked or point.now
        else "",
    )
    return _link(point.href, drawn, sheet, said, classes=classes)


def _line(points: Sequence[Point], low: int, span: int) -> Markup:
    count = len(points)
    spots = [
        ((2 * i + 1) * _FINE // (2 * count), _y(p.line, low, span)) for i, p in enumerate(points) if p.line is not None
    ]
    dots = Markup("").join(
        Markup('<circle class="dot" cx="{}%" cy="{}" r="2.5"/>').format(_hundredths(x), y) for x, y in spots
    )
    return Markup(
        '<g aria-hidden="true" pointer-events="none"><svg x="0" y="0" width="100%" height="{h}" viewBox="0 0 {w} {h}"'
        ' preserveAspectRatio="none"><polyline class="line" points="{spots}"/></svg>{dots}</g>'
    ).format(w=_FINE, h=_HEIGHT, spots=" ".join(f"{x},{y}" for x, y in spots), dots=dots)


def _key(bar_name: str, line_name: str | None) -> Markup:
    line = (
        Markup(
            '<li><svg viewBox="0 0 18 10" aria-hidden="true"><path class="line" d="M0 5h18"/>'
            '<circle class="dot" cx="9" cy="5" r="2.5"/></svg>{}</li>'
        ).format(line_name)
        if line_name is not None
        else ""
    )
    return Markup(
        '<ul class="chart-key"><li><svg viewBox="0 0 18 10" aria-hidden="true">'
        '<rect class="hue-1" width="18" height="10" rx="3"/></svg>{}</li>{}</ul>'
    ).format(bar_name, line)


def _share_list(shares: Sequence[Share], total: int, sheet: bool) -> Markup:
    rows = []
    for i, share in enumerate(shares):
        row = Markup(
            '<svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class="hue-{}" width="12" height="12" rx="3"/></svg>'
            '<span>{}</span><span class="amt">{}</span><span class="part">{}</span>'
        ).format(i % _HUES + 1, share.label, fen(share.value), percent(share.value, total))
        inner = Markup("<span>{}</span>").format(row)
        if share.href:
            inner = Markup('<a href="{}"{}>{}</a>').format(share.href, _sheet(sheet, share.label), row)
        rows.append(Markup("<li>{}</li>").format(inner))
    return Markup('<ul class="chart-list">{}</ul>').format(Markup("").join(rows))


def _link(href: str, inner: Markup, sheet: bool, said: str, *, classes: str = "", hidden: bool = False) -> Markup:
    return Markup('<a href="{}"{}{}{}>{}</a>').format(
        href,
        Markup(' tabindex="-1"') if hidden else Markup(' aria-label="{}"').format(said),
        Markup(' class="{}"').format(classes) if classes else "",
        _sheet(sheet, said),
        inner,
    )


def _sheet(sheet: bool, said: str) -> Markup:
    return Markup(' data-sheet="{}"').format(escape(said)) if sheet else Markup("")


def _total(shares: Sequence[Share]) -> int:
    if any(share.value < 0 for share in shares):
        raise ValueError("a part of a whole cannot be negative")
    return sum(share.value for share in shares)


def _hundredths(value: int) -> str:
    return f"{value // 100}.{value % 100:02d}"
