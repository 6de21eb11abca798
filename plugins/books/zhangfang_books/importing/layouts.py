"""Tables whose columns are told by their headings: those that are known, and those that a firm named itself. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from zhangfang_books.importing.profiles import Places, plain, standing_at
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_books.importing.recognising import SheetHead, candidates

Columns = Mapping[str, tuple[str, ...]]
"""Field → headings that mean it, the first preferred."""
SAMPLES = 5
_OWN = 1000
"""A heading row that the firm named itself counts before all that are known."""


@dataclass(frozen=True, slots=True)
class LayoutKind:
    """``key`` is what the firm's own layouts are kept under; ``titles`` the fields that a person may name; ``enough`` whether fields can be read."""

    key: str
    known: Columns
    titles: Mapping[str, str]
    enough: Callable[[Mapping[str, object]], bool]

    def named(self, cells: Sequence[str]) -> list[str]:
        """For each cell the field that it is known to head, empty for none."""
        fields = {plain(heading): name for name, headings in self.known.items() if name in self.titles for heading in headings}
        return [fields.get(plain(cell), "") for cell in cells]

    def chosen(self, headings: Sequence[str], fields: Mapping[int, str]) -> Columns:
        """Columns as a person named them, by their place from 0."""
        columns: dict[str, tuple[str, ...]] = {}
        for place, heading in enumerate(headings):
            name = fields.get(place, "")
            if name in self.titles and heading.strip():
                columns[name] = (*columns.get(name, ()), heading.strip())
        return columns


@dataclass(slots=True)
class TableHead:
    """Where a sheet's headings stand; ``number`` 0 where none were found."""

    sheet: SheetHead
    number: int = 0
    headings: Sequence[str] = ()
    places: Places = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A heading row that a person has to name: ``fields`` are what is known of it, ``samples`` rows below."""

    headings: Sequence[str]
    fields: Sequence[str]
    samples: Sequence[Sequence[str]]


def find_headings(kind: LayoutKind, sheets: Sequence[SheetHead], own: Mapping[str, Columns]) -> list[TableHead]:
    """Of each sheet the row that holds most headings. ``own``: the firm's columns by the digest of their heading row."""
    found = []
    for sheet in sheets:
        head, most = TableHead(sheet), 0
        for number, headings, is_plain in (*((n, h, True) for n, h in candidates(sheet.first)), *_stacked(sheet.first)):
            columns = own.get(digest_of(headings))
            if not (is_plain or columns):
                continue
            places = standing_at(columns or kind.known, headings)
            score = sum(map(len, places.values())) + (_OWN if columns else 0)
            if kind.enough(places) and score > most:
                most, head = score, TableHead(sheet, number, headings, places)
        found.append(head)
    return found


def _stacked(first: Sequence[SheetRow]) -> Iterator[tuple[int, list[str], bool]]:
    """Pairs of rows of which the upper names groups: a column is called by the lower cell, where that is empty by the upper one.

    A name that several groups have is told apart by its group, and the pair is then not plain: which group is whose is for a person to say.
    """
    for upper, lower in pairwise(first):
        width = max(len(upper.cells), len(lower.cells))
        above, below = ([cell.strip() for cell in (*row.cells, *[""] * (width - len(row.cells)))] for row in (upper, lower))
        names = [b or a for a, b in zip(above, below, strict=True)]
        often = Counter(plain(name) for name in names if name)
        over, told = "", []
        for a, b, name in zip(above, below, names, strict=True):
            over = a or over
            told.append(over + b if b and often[plain(name)] > 1 else name)
        yield lower.number, told, max(often.values(), default=0) <= 1


def heading_row(kind: LayoutKind, sheets: Sequence[SheetHead]) -> SheetRow | None:
    """The row that looks most like headings: most known ones, then the first of the widest; two rows together where more of these are known."""
    rows = [row for sheet in sheets for row in sheet.first]
    pairs = [SheetRow(sheet.name, number, cells) for sheet in sheets for number, cells, _ in _stacked(sheet.first)]

    def known(row: SheetRow) -> int:
        return sum(map(bool, kind.named(row.cells)))

    best = max(rows, key=lambda row: (known(row), sum(map(bool, row.cells))), default=None)
    pair = max(pairs, key=known, default=None)
    return pair if best is not None and pair is not None and known(pair) > known(best) else best


def unnamed(kind: LayoutKind, sheets: Sequence[SheetHead], chosen: Mapping[int, str]) -> Unnamed | None:
    row = heading_row(kind, sheets)
    if row is None:
        return None
    fields = [chosen.get(place, known) for place, known in enumerate(kind.named(row.cells))]
    below = [r.cells for sheet in sheets for r in sheet.first if r.sheet == row.sheet and r.number > row.number]
    return Unnamed(row.cells, fields, below[:SAMPLES])


def made_of(kind: LayoutKind, sheets: Sequence[SheetHead], chosen: Mapping[int, str]) -> Mapping[str, Columns]:
    """The digest of the heading row → the columns that a person named; empty where they are not enough."""
    row = heading_row(kind, sheets) if chosen else None
    columns = kind.chosen(row.cells, chosen) if row is not None else {}
    return {digest_of(row.cells): columns} if row is not None and kind.enough(columns) else {}


def digest_of(headings: Sequence[str]) -> str:
    """The same for the same headings, however they are written."""
    return hashlib.sha256("|".join(plain(h) for h in headings).encode()).hexdigest()[:32]


def from_json(columns: str) -> Columns:
    return {name: tuple(headings) for name, headings in json.loads(columns).items()}
