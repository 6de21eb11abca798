"""A bank's file → its statements, by the headings that are known or that the firm named."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from zhangfang_books.bank.layouts import statement_layout
from zhangfang_books.bank.merchant_bills import bill_in, lines_of_bill
from zhangfang_books.bank.reading_statements import statements_of
from zhangfang_books.bank.statements import ReadStatements
from zhangfang_books.importing.layouts import Columns, Unnamed, find_headings, made_of, unnamed
from zhangfang_books.importing.reading_rows import Rows
from zhangfang_books.importing.recognising import heads
from zhangfang_sdk.periods import today


@dataclass(slots=True)
class UnderstoodFile:
    """``unnamed``: headings for a person to name, where nothing was understood; ``made``: what the person named now."""

    read: ReadStatements
    unnamed: Unnamed | None = None
    made: Mapping[str, Columns] = field(default_factory=dict)


async def understood(
    rows: Rows, name: str, own: Mapping[str, Columns], chosen: Mapping[int, str] | None = None
) -> UnderstoodFile:
    """``own``: the firm's columns by the digest of their heading row; ``chosen``: place from 0 → field, as a person named them now."""
    return await asyncio.to_thread(_understood, rows, name, own, chosen or {})


def _understood(rows: Rows, name: str, own: Mapping[str, Columns], chosen: Mapping[int, str]) -> UnderstoodFile:
    kind, sheets = statement_layout(), heads(rows())
    if (bill := bill_in(sheets)) is not None:
        return UnderstoodFile(lines_of_bill(rows(), bill))
    made = made_of(kind, sheets, chosen)
    found = find_headings(kind, sheets, {**own, **made})
    if any(head.number for head in found):
        return UnderstoodFile(statements_of(rows(), found, today(), name), made=made)
    return UnderstoodFile(ReadStatements(), unnamed(kind, sheets, chosen))
