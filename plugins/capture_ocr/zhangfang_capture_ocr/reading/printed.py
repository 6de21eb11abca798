"""From pages of printed text to invoices: every page is cut into its documents, pages of one list are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from zhangfang_capture_ocr.reading.comparing import compared_with_qr
from zhangfang_capture_ocr.reading.evidence import counted, together
from zhangfang_capture_ocr.reading.forms.layout import Sheet
from zhangfang_capture_ocr.reading.forms.page import Page
from zhangfang_capture_ocr.reading.forms.pieces import Piece, piece_of, read_pieces
from zhangfang_capture_ocr.reading.forms.redundancy import put_right
from zhangfang_capture_ocr.reading.kinds import InvoiceKind
from zhangfang_capture_ocr.reading.parts import Found, LeftOver, Place
from zhangfang_capture_ocr.reading.qr import PlacedCode, invoice_in
from zhangfang_capture_ocr.reading.regions import parts_of, put_back
from zhangfang_capture_ocr.reading.values import Box, InvoiceLine, Reading

UNNUMBERED = frozenset({InvoiceKind.RAIL_PAPER, InvoiceKind.POS, InvoiceKind.TILL, InvoiceKind.BANK_SLIP})
"""Kinds that need no number to be told from another."""


@dataclass(slots=True)
class _Part:
    """One document's print on one page."""

    piece: Piece
    region: Box | None
    codes: tuple[str, ...]
    counts: Mapping[str, int]

    @property
    def page(self) -> int:
        return self.piece.sheet.page.index


@dataclass(slots=True)
class _Group:
    """The pages of one invoice."""

    parts: list[_Part]
    copies: list[_Part] = field(default_factory=list)

    @property
    def number(self) -> str | None:
        return next((part.piece.number for part in self.parts if part.piece.number), None)

    @property
    def place(self) -> Place:
        return Place(tuple(part.page for part in self.parts), self.parts[0].region)

    def repeats(self, part: _Part) -> bool:
        """Whether a part is the same print once more: the total stands there already, on the same page or with the same lines."""
        return any(
            other.piece.has_total
            and part.piece.has_total
            and (other.page == part.page or _said(other.piece) == _said(part.piece))
            for other in self.parts
        )


def _said(piece: Piece) -> list[InvoiceLine] | list[int | None]:
    """The lines without their places; off a picture, where words may be misread, their amounts."""
    if piece.sheet.page.is_seen:
        return [line.amount for line in piece.lines]
    return [replace(line, box=None) for line in piece.lines]


def invoices_on(
    pages: Sequence[Page], codes: Mapping[int, Sequence[PlacedCode]]
) -> tuple[list[Found], list[LeftOver], dict[int, Reading]]:
    """Invoices and what is none, and of the latter what could be read, by page. `codes` are the QR codes of each page."""
    groups: list[_Group] = []
    for page in pages:
        for part in _parts(page, codes.get(page.index, ())):
            _join(groups, part)
    found: list[Found] = []
    left: list[LeftOver] = []
    partly: dict[int, Reading] = {}
    for group in groups:
        reading = _read(group)
        if _is_document(reading, group):
            found.append(Found(group.place, reading, tuple(Place((copy.page,), copy.region) for copy in group.copies)))
        else:
            cut = group.parts[0].region is not None
            left.append(LeftOver(group.place, "page.incomplete" if cut else "page.not_an_invoice", reading.text))
            partly[group.parts[0].page] = reading
    return found, left, partly


def _is_document(reading: Reading, group: _Group) -> bool:
    """Whether enough was read for a draft or for a person to fill in: number and total; of a photograph of one thing, anything."""
    if reading.number is not None and reading.total is not None:
        return True
    part = group.parts[0]
    if not part.piece.sheet.page.is_seen:
        return reading.kind in UNNUMBERED and reading.total is not None
    return part.region is None or (reading.total is not None and reading.issued_on is not None)


def _parts(page: Page, codes: Sequence[PlacedCode]) -> list[_Part]:
    whole = Sheet(page)
    parts = []
    for part in parts_of(whole, codes):
        sheet = whole if part.region is None else Sheet(part.page)
        rows, words = ([span.compact for span in spans] for spans in (sheet.rows, sheet.words))
        parts.append(_Part(piece_of(sheet), part.region, part.codes, counted(rows, words, part.codes)))
    return parts


def _join(groups: list[_Group], part: _Part) -> None:
    """Put a part to the invoice that it belongs to: the one with its number, or a list that is not summed up yet."""
    piece = part.piece
    if piece.number is not None:
        same = next((group for group in groups if group.number == piece.number), None)
        if same is not None:
            (same.copies if same.repeats(part) else same.parts).append(part)
            return
    elif groups and not part.counts["titles"] and not piece.has_total:
        last = groups[-1]
        if not any(other.piece.has_total for other in last.parts) or piece.table is not None:
            last.parts.append(part)
            return
    groups.append(_Group([part]))


def _read(group: _Group) -> Reading:
    reading = read_pieces([part.piece for part in group.parts])
    qr = invoice_in([text for part in (*group.parts, *group.copies) for text in part.codes])
    if qr is not None:
        reading = compared_with_qr(reading, qr)
    counts = together(part.counts for part in group.parts)
    reading = replace(put_right(reading), counts=counts)
    return put_back(reading, [(part.page, part.region) for part in group.parts])
