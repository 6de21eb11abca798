"""From pages of printed text to invoices: every page is cut into its documents, pages of one list are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from zhangfang_capture_ocr.reading.comparing import compared_with_qr
from zhangfang_capture_ocr.reading.evidence import counted, together
from zhangfang_capture_ocr.reading.parts import Found, LeftOver, Place
from zhangfang_capture_ocr.reading.pdf_invoices import Piece, piece_of, read_pieces
from zhangfang_capture_ocr.reading.pdf_layout import Sheet
from zhangfang_capture_ocr.reading.pdf_page import Page
from zhangfang_capture_ocr.reading.qr import PlacedCode, invoice_in
from zhangfang_capture_ocr.reading.regions import parts_of, put_back, words_of
from zhangfang_capture_ocr.reading.values import Box, InvoiceLine, Reading


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
        """Whether a part is the same print once more: same lines, and the total stands there already."""
        return any(
            other.piece.has_total and part.piece.has_total and _said(other.piece) == _said(part.piece)
            for other in self.parts
        )


def _said(piece: Piece) -> list[InvoiceLine]:
    """The lines without their places."""
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
        reading, is_invoice = _read(group)
        if is_invoice:
            found.append(Found(group.place, reading, tuple(Place((copy.page,), copy.region) for copy in group.copies)))
        else:
            left.append(LeftOver(group.place, "page.not_an_invoice", reading.text))
            partly[group.parts[0].page] = reading
    return found, left, partly


def _parts(page: Page, codes: Sequence[PlacedCode]) -> list[_Part]:
    whole = Sheet(page)
    parts = []
    for region, part in parts_of(whole):
        sheet = whole if region is None else Sheet(part)
        texts = tuple(code.text for code in codes if region is None or _inside(region, code))
        rows, words = ([span.compact for span in spans] for spans in (sheet.rows, words_of(sheet)))
        parts.append(_Part(piece_of(sheet), region, texts, counted(rows, words, texts)))
    return parts


def _inside(region: Box, code: PlacedCode) -> bool:
    return region.left <= code.x < region.right and region.top <= code.y < region.bottom


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


def _read(group: _Group) -> tuple[Reading, bool]:
    reading, is_invoice = read_pieces([part.piece for part in group.parts])
    qr = invoice_in([text for part in (*group.parts, *group.copies) for text in part.codes])
    if qr is not None:
        reading = compared_with_qr(reading, qr)
        is_invoice = is_invoice or (reading.number is not None and reading.total is not None)
    counts = together(part.counts for part in group.parts)
    return put_back(replace(reading, counts=counts), [(part.page, part.region) for part in group.parts]), is_invoice
