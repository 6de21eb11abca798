"""A bank's file → its statements, by the headings that are known or that the firm named."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_books.bank import layouts
from zhangfang_books.bank.reading_statements import statements_of
from zhangfang_books.bank.statements import ReadStatements
from zhangfang_books.importing.reading_rows import Rows
from zhangfang_books.importing.recognising import heads

SAMPLES = 5
Columns = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class UnderstoodFile:
    """``headings`` are to be named by a person where nothing was understood; ``samples`` are rows below them.

    ``made``: digest of the heading row → the columns that the person named.
    """

    read: ReadStatements
    headings: Sequence[str] = ()
    fields: Sequence[str] = ()
    samples: Sequence[Sequence[str]] = ()
    made: Mapping[str, Columns] = field(default_factory=dict)


async def understood(
    rows: Rows, name: str, own: Mapping[str, Columns], chosen: Mapping[int, str] | None = None
) -> UnderstoodFile:
    """``own``: the firm's columns by the digest of their heading row; ``chosen``: place from 0 → field, as a person named them now."""
    return await asyncio.to_thread(_understood, rows, name, own, chosen or {})


def _understood(rows: Rows, name: str, own: Mapping[str, Columns], chosen: Mapping[int, str]) -> UnderstoodFile:
    sheets = heads(rows())
    made: dict[str, Columns] = {}
    row = max(
        (row for sheet in sheets for row in sheet.first), key=lambda r: sum(map(bool, layouts.named(r.cells))), default=None
    )
    if row is not None and chosen:
        columns = layouts.chosen(row.cells, chosen)
        if layouts.enough(columns):
            made[layouts.digest_of(row.cells)] = columns
    found = layouts.find_headings(sheets, {**own, **made})
    if any(head.number for head in found):
        return UnderstoodFile(statements_of(rows(), found, name), made=made)
    if row is None:
        return UnderstoodFile(ReadStatements())
    fields = [chosen.get(place, known) for place, known in enumerate(layouts.named(row.cells))]
    below = [r.cells for sheet in sheets for r in sheet.first if r.sheet == row.sheet and r.number > row.number][:SAMPLES]
    return UnderstoodFile(ReadStatements(), row.cells, fields, below)
