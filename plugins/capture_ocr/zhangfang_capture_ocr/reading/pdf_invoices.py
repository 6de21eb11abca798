"""Invoices out of the text layer of a PDF, in both printed forms: tax-control (code, number, check code) and 数电票."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import date_of, fen_of, half_width
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, with_code
from zhangfang_capture_ocr.reading.pdf_layout import Sheet, Span, rows_of, spaced
from zhangfang_capture_ocr.reading.pdf_lines import Table, lines_of, sums_of, table_of
from zhangfang_capture_ocr.reading.titles import kind_of_title
from zhangfang_capture_ocr.reading.values import InvoiceLine, Reading, Source

PRINTED: Final = 980
"""Confidence, per mille, of text that stood beside its label."""
GUESSED: Final = 800
"""Confidence, per mille, of a figure known by its shape and place only."""

_CODE = re.compile(r"发票代码[:：]?")
_NUMBER = re.compile(r"发票号码[:：]?")
_DATE = re.compile(r"开票日期[:：]?")
_CHECK_CODE = re.compile(r"校验码[:：]?")
_NAME = re.compile(r"名称[:：]")
_TAX_ID = re.compile(r"纳税人识别号[:：]?")
_IN_WORDS = re.compile(r"价税合计[(（]?大写[)）]?[:：]?")
_IN_FIGURES = re.compile(r"[(（]小写[)）][:：]?|小写[:：]?")
_DRAWER = re.compile(r"开票人[:：]")
_CAPITALS = re.compile(r"[(（]?负?数?[)）]?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿圆元角分整正]{2,}")
_MONEY = re.compile(r"[¥￥]?-?[\d,]+\.\d{2}(?!\d)")
_ID = re.compile(r"[0-9A-Za-z]{8,20}")
_REMARK_LABEL = "备注"
_TITLE_SIZE: Final = 1.3


@dataclass(frozen=True, slots=True)
class Piece:
    """The print of one invoice on one page."""

    sheet: Sheet
    table: Table | None
    head: Fields
    lines: tuple[InvoiceLine, ...]

    @property
    def number(self) -> str | None:
        """Its number, where that stands beside its label or can be nothing else."""
        found = self.head.found.get("number")
        if found is None or (
            found.confidence < PRINTED and len(str(found.value)) != 20 and "code" not in self.head.found
        ):
            return None
        return str(found.value)

    @property
    def has_total(self) -> bool:
        return self.sheet.find(_IN_WORDS) is not None


def piece_of(sheet: Sheet) -> Piece:
    """What stands on one page, or on the part of it that one invoice takes."""
    table = table_of(sheet)
    lines = tuple(lines_of(sheet, table)) if table is not None else ()
    return Piece(sheet, table, _head(sheet, table), lines)


def read_pieces(pieces: Sequence[Piece]) -> tuple[Reading, bool]:
    """What stands on the pages of one document, and whether it is an invoice: number and total are there."""
    fields = Fields(Source.PDF_TEXT, PRINTED)
    for piece in reversed(pieces):
        fields.found.update(piece.head.found)
    for piece in pieces:
        if piece.table is not None:
            _parties(piece.sheet, piece.table, fields)
            _sums(piece.sheet, piece.table, fields)
        _totals(piece.sheet, fields)
        _remarks(piece.sheet, fields)
    sheets = [piece.sheet for piece in pieces]
    code = fields.found.get("code")
    kind = _kind(sheets, str(code.value) if code else None, fields)
    text = "\n".join(row.text for sheet in sheets for row in sheet.rows)
    first = sheets[0].page
    lines = tuple(line for piece in pieces for line in piece.lines)
    reading = Reading(
        kind, fields.found, lines, text, len(pieces), page_shape=round(first.height * 1000 / (first.width or 1))
    )
    return reading, "number" in fields.found and "total" in fields.found


def _head(sheet: Sheet, table: Table | None) -> Fields:
    """Code, number, date and check code, which stand above the table."""
    fields = Fields(Source.PDF_TEXT, PRINTED)
    limit = table.top if table is not None else sheet.page.height
    for name, label, shape in (
        ("code", _CODE, re.compile(r"\d{12}|\d{10}")),
        ("number", _NUMBER, re.compile(r"\d{20}|\d{8}")),
        ("check_code", _CHECK_CODE, re.compile(r"\d{20}")),
    ):
        found = _beside(sheet, label, shape, limit)
        if found is not None:
            fields.put(name, half_width(found.compact), found.box)
    for label_span in sheet.find_all(_DATE):
        beside = sheet.beside(label_span)
        issued = date_of(beside.text) if beside is not None else None
        if beside is not None and issued is not None:
            fields.put("issued_on", issued, beside.box)
            break
    if "number" not in fields.found:
        _unlabelled(sheet, limit, fields)
    return fields


def _beside(sheet: Sheet, label: re.Pattern[str], shape: re.Pattern[str], limit: float) -> Span | None:
    for span in sheet.find_all(label):
        if span.middle > limit:
            continue
        beside = sheet.beside(span)
        match = re.match(rf"(?:{shape.pattern})(?!\d)", half_width(beside.compact)) if beside is not None else None
        if beside is not None and match is not None:
            return beside.part(*match.span())
    return None


def _unlabelled(sheet: Sheet, limit: float, fields: Fields) -> None:
    """Forms whose labels are part of a picture: figures of the right shape above the table."""
    for row in sheet.rows:
        if row.middle > limit:
            break
        for match in re.finditer(r"(?<![\dA-Za-z])\d+(?![\dA-Za-z])", half_width(row.text)):
            digits = match[0]
            start = len(half_width(row.text)[: match.start()].replace(" ", ""))
            box = row.part(start, start + len(digits)).box
            if len(digits) in (8, 20) and "number" not in fields.found and date_of(digits) is None:
                fields.put("number", digits, box, GUESSED)
            elif len(digits) in (10, 12) and "code" not in fields.found:
                fields.put("code", digits, box, GUESSED)


def _parties(sheet: Sheet, table: Table, fields: Fields) -> None:
    """Buyer and seller: side by side above the table (数电票), or buyer above and seller below it."""
    for label, ending in ((_NAME, "name"), (_TAX_ID, "tax_id")):
        labels = [span for span in sheet.find_all(label) if _stands_alone(sheet, span) or ending == "tax_id"]
        above = sorted((span for span in labels if span.middle < table.top), key=lambda span: span.left)
        below = [span for span in labels if span.middle > table.bottom and span.left < sheet.page.width / 2]
        pairs = [("buyer", above[0])] if above else []
        if len(above) > 1:
            pairs.append(("seller", above[-1]))
        elif below:
            pairs.append(("seller", below[0]))
        for party, span in pairs:
            field = f"{party}_{ending}"
            if field in fields.found:
                continue
            edge = min([sheet.edge_right_of(span), *(o.left for o in labels if _same_line(o, span))])
            found = _name_beside(sheet, span, edge) if ending == "name" else _id_beside(sheet, span, edge)
            if found is not None:
                text = found[0] if ending == "name" else found[0].upper()
                fields.put(field, text, found[1].box)


def _stands_alone(sheet: Sheet, label: Span) -> bool:
    """Whether no character stands directly before the label, as in 项目名称."""
    first = label.glyphs[0]
    return not any(
        -0.3 * first.size < first.left - glyph.right < 0.5 * first.size
        and abs(glyph.middle - first.middle) < 0.5 * first.size
        and glyph.char != " "
        and glyph is not first
        for glyph in sheet.glyphs
    )


def _same_line(other: Span, label: Span) -> bool:
    return other.left > label.right and abs(other.middle - label.middle) < label.size


def _name_beside(sheet: Sheet, label: Span, edge: float) -> tuple[str, Span] | None:
    """A name, which may be wrapped around or below the line of its label."""
    ids = [span for span in sheet.find_all(_TAX_ID) if 0 < span.middle - label.middle < 6 * label.size]
    next_line = min((span.middle for span in ids), default=label.middle + 1.6 * label.size)
    rows = sheet.within(label.end + 0.1, label.middle - 1.1 * label.size, edge, next_line - 0.7 * label.size)
    if not rows:
        return None
    text = "".join(spaced(row.glyphs) for row in rows).strip().lstrip(":：").strip()
    return text, Span(sheet.page, tuple(glyph for row in rows for glyph in row.glyphs))


def _id_beside(sheet: Sheet, label: Span, edge: float) -> tuple[str, Span] | None:
    beside = sheet.beside(label, edge)
    if beside is None:
        return None
    match = _ID.search(half_width(beside.compact))
    return (match[0], beside.part(*match.span())) if match is not None else None


def _sums(sheet: Sheet, table: Table, fields: Fields) -> None:
    """Sums of the row 合计; on several pages the last one counts, the earlier are page sums."""
    for name, span in sums_of(sheet, table).items():
        fields.put(name, fen_of(span.compact), span.box)


def _totals(sheet: Sheet, fields: Fields) -> None:
    words = sheet.find(_IN_WORDS)
    if words is None:
        return
    line = sheet.beside(words)
    if line is None:
        return
    capitals = _CAPITALS.search(line.compact)
    if capitals is not None:
        span = line.part(*capitals.span())
        fields.put("total_in_words", span.compact, span.box)
    figures = _IN_FIGURES.search(line.compact)
    match = _MONEY.search(line.compact, figures.end() if figures is not None else 0)
    if match is not None:
        span = line.part(*match.span())
        fields.put("total", fen_of(span.compact), span.box)


def _remarks(sheet: Sheet, fields: Fields) -> None:
    label = next((span for word, span in sheet.vertical if word == _REMARK_LABEL), None)
    total = sheet.find(_IN_WORDS)
    if label is None or total is None:
        return
    drawer = next((span for span in sheet.find_all(_DRAWER) if span.middle > label.middle), None)
    bottom = drawer.top if drawer is not None else sheet.page.height
    rows = sheet.within(label.right, total.middle + total.size, sheet.page.width, bottom)
    if rows:
        box = Span(sheet.page, tuple(glyph for row in rows for glyph in row.glyphs)).box
        fields.put("remarks", "\n".join(row.text for row in rows), box)


def _kind(sheets: list[Sheet], code: str | None, fields: Fields) -> InvoiceKind:
    for sheet in sheets:
        # Titles are set in large type; the small letters of a seal printed over them must not break the words.
        sizes = sorted(glyph.size for glyph in sheet.glyphs)
        large = [glyph for glyph in sheet.glyphs if glyph.size > _TITLE_SIZE * sizes[len(sizes) // 2]]
        for row in (*rows_of(sheet.page, large), *sheet.rows):
            kind = kind_of_title(row.compact, code)
            if kind is not None:
                fields.put("kind", kind.value, row.box)
                return kind
    number = fields.found.get("number")
    digital = number is not None and len(str(number.value)) == 20
    kind = InvoiceKind.OTHER if digital or code is None else with_code(InvoiceKind.OTHER, code)
    fields.put("kind", kind.value, None, GUESSED)
    return kind
