"""The one reader of printed forms: what stands on the pages of one document, from whatever source its words came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from zhangfang_capture_ocr.reading.collecting import PRINTED, Fields
from zhangfang_capture_ocr.reading.forms.columns import Table, money_in
from zhangfang_capture_ocr.reading.forms.headings import table_of
from zhangfang_capture_ocr.reading.forms.heads import read_head
from zhangfang_capture_ocr.reading.forms.layout import Sheet, Span, rows_of
from zhangfang_capture_ocr.reading.forms.parties import read_parties
from zhangfang_capture_ocr.reading.forms.rolls import roll_lines
from zhangfang_capture_ocr.reading.forms.table import lines_of, sums_of
from zhangfang_capture_ocr.reading.forms.tickets import TICKETS, read_ticket
from zhangfang_capture_ocr.reading.forms.totals import IN_WORDS, read_remarks, read_totals
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, known_kind
from zhangfang_capture_ocr.reading.titles import kind_of_title, kind_of_words
from zhangfang_capture_ocr.reading.values import InvoiceLine, Reading

_TITLE_SIZE: Final = 1.3
UNTAXED: Final = frozenset({"免税", "不征税"})
"""Rates in words that levy nothing (增值税法, in force 2026-01-01, and 增值税暂行条例 before it)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The print of one document on one page. `kind` is what its titles and words say, None where they say nothing; `title` where."""

    sheet: Sheet
    kind: InvoiceKind | None
    title: Span | None
    table: Table | None
    head: Fields
    lines: tuple[InvoiceLine, ...]

    @property
    def number(self) -> str | None:
        """Its number, where that stands beside its label or can be nothing else."""
        found = self.head.found.get("number")
        if found is None:
            return None
        plain = self.head.is_labelled("number") or len(str(found.value)) == 20 or "code" in self.head.found
        return str(found.value) if plain else None

    @property
    def has_total(self) -> bool:
        return bool(self.sheet.labels(IN_WORDS, "价税合计")) or self.kind in TICKETS


def piece_of(sheet: Sheet) -> Piece:
    """What stands on one page, or on the part of it that one document takes."""
    kind, title = _kind_of(sheet)
    table = None if kind in TICKETS else table_of(sheet)
    head = Fields(sheet.page.source, PRINTED)
    read_head(sheet, _bottom_of_head(sheet, table), head)
    return Piece(sheet, kind, title, table, head, tuple(lines_of(sheet, table)) if table is not None else ())


def _bottom_of_head(sheet: Sheet, table: Table | None) -> float:
    if table is not None:
        return table.top
    total = next(iter(sheet.labels(IN_WORDS, "价税合计")), None)
    return total.middle * 0.6 if total is not None and sheet.page.is_seen else sheet.page.height


def _kind_of(sheet: Sheet) -> tuple[InvoiceKind | None, Span | None]:
    # Titles are set in large type; the small letters of a seal printed over them must not break the words.
    large = rows_of(sheet.page, [glyph for glyph in sheet.glyphs if glyph.size > _TITLE_SIZE * sheet.line])
    for span in (*large, *sheet.words, *sheet.rows):
        kind = kind_of_title(span.plain)
        if kind is not None:
            return kind, span
    return kind_of_words([span.plain for span in (*sheet.words, *sheet.rows)]), None


def read_pieces(pieces: Sequence[Piece]) -> Reading:
    """What stands on the pages of one document."""
    first = pieces[0].sheet.page
    kind = next((piece.kind for piece in pieces if piece.kind is not None), None)
    fields = Fields(first.source, PRINTED)
    for piece in reversed(pieces):
        fields.found.update(piece.head.found)
    if kind in TICKETS or (first.is_seen and not any(piece.has_total for piece in pieces)):
        for piece in pieces:
            read_ticket(piece.sheet, kind or InvoiceKind.OTHER, fields)
    else:
        for piece in pieces:
            _read_form(piece, fields)
    code, number = (str(found.value) if found is not None else None for found in map(fields.found.get, ("code", "number")))
    kind = known_kind(kind, code, number)
    if kind.is_digital:
        fields.found.pop("code", None)
        fields.found.pop("check_code", None)
    if kind is not InvoiceKind.OTHER:
        title = next((piece.title for piece in pieces if piece.title is not None), None)
        fields.put("kind", kind.value, title.box if title is not None else None)
    text = "\n".join(row.text for piece in pieces for row in piece.sheet.rows)
    shape = round(first.height * 1000 / (first.width or 1))
    lines = _untaxed(fields, tuple(line for piece in pieces for line in _lines(piece, kind)))
    return Reading(kind, fields.found, lines, text, len(pieces), page_shape=shape)


def _lines(piece: Piece, kind: InvoiceKind) -> tuple[InvoiceLine, ...]:
    """The lines of a page. A fiscal receipt's table has other columns: on a picture, where no rules tell them, it stays unread."""
    if kind is InvoiceKind.ROLL:
        return piece.lines or roll_lines(piece.sheet)
    return () if kind is InvoiceKind.FISCAL and piece.sheet.page.is_seen else piece.lines


def _untaxed(fields: Fields, lines: tuple[InvoiceLine, ...]) -> tuple[InvoiceLine, ...]:
    """Lines on which no tax is levied have a tax of 0.00, printed as `***`; the invoice has, where all are such."""
    lines = tuple(replace(line, tax=0) if line.tax is None and line.rate in UNTAXED else line for line in lines)
    amount, total = fields.found.get("amount"), fields.found.get("total")
    same = amount is not None and total is not None and amount.value == total.value
    if lines and same and "tax" not in fields.found and all(line.rate in UNTAXED for line in lines):
        fields.put("tax", 0, amount.box if amount is not None else None)
    return lines


def _read_form(piece: Piece, fields: Fields) -> None:
    """Parties, sums and totals of a form with a table of goods; on several pages the last sums count."""
    sheet, table = piece.sheet, piece.table
    if table is not None:
        read_parties(sheet, table.top, table.bottom, fields)
        for name, span in sums_of(sheet, table).items():
            fields.put(name, money_in(span), span.box)
    elif sheet.page.is_seen:
        total = next(iter(sheet.labels(IN_WORDS, "价税合计")), None)
        if total is not None:
            read_parties(sheet, total.middle * 0.6, total.middle, fields)
    read_totals(sheet, fields)
    read_remarks(sheet, fields)
