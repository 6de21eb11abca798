"""A sheet as PDF on A4, as it is put into the binder: 编制单位, time, unit, page numbers, who made and checked it."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]  # ships no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from zhangfang_sdk.money import yuan
from zhangfang_sdk.printing import fitted, register_font, write
from zhangfang_sdk.sheets import Cell, Row, Sheet

MARGIN = 36.0
SIZE = 8.5
ROW = 15.0
LEAST_ROW = 11.0
HEAD = 84.0
FOOT = 40.0


def pdf(sheets: Sequence[Sheet]) -> bytes:
    """One document, each sheet on pages of its own."""
    register_font()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    for sheet in sheets:
        _draw(canvas, sheet)
    canvas.setTitle(sheets[0].title)
    canvas.save()
    return out.getvalue()


def _draw(canvas: Any, sheet: Sheet) -> None:
    width, height = landscape(A4) if sheet.landscape else A4
    room = height - 2 * MARGIN - HEAD - FOOT
    # A statement stands on one page: its rows draw together as far as they stay readable.
    pitch = max(LEAST_ROW, min(ROW, room / max(len(sheet.rows), 1)))
    if pitch * len(sheet.rows) > room:
        pitch = ROW
    per_page = int((room + 0.01) // pitch)
    pages = [sheet.rows[at : at + per_page] for at in range(0, len(sheet.rows), per_page)] or [[]]
    for number, rows in enumerate(pages, 1):
        canvas.setPageSize((width, height))
        _head(canvas, sheet, width, height)
        _table(canvas, sheet, rows, width, height - MARGIN - HEAD, pitch)
        write(canvas, MARGIN, MARGIN, f"制表:{sheet.prepared_by}", SIZE)
        write(canvas, width / 2 - 120, MARGIN, "审核:", SIZE)
        write(canvas, width - MARGIN, MARGIN, f"第 {number} 页 共 {len(pages)} 页", SIZE, "right")
        canvas.showPage()


def _head(canvas: Any, sheet: Sheet, width: float, height: float) -> None:
    write(canvas, width / 2, height - MARGIN - 18, sheet.title, 16, "centre")
    write(canvas, width - MARGIN, height - MARGIN - 34, sheet.form, SIZE, "right")
    line = height - MARGIN - 50
    write(canvas, MARGIN, line, f"编制单位:{sheet.organisation}", SIZE)
    write(canvas, width / 2 + 40, line, sheet.time, SIZE, "centre")
    write(canvas, width - MARGIN, line, "单位:元", SIZE, "right")


def _table(canvas: Any, sheet: Sheet, rows: Sequence[Row], width: float, top: float, pitch: float) -> None:
    whole = sum(h.width for h in sheet.headings)
    widths = [(width - 2 * MARGIN) * h.width / whole for h in sheet.headings]
    lefts = [MARGIN + sum(widths[:place]) for place in range(len(widths))]
    canvas.setLineWidth(0.4)
    canvas.setFillGray(0.93)
    canvas.rect(MARGIN, top, sum(widths), ROW + 4, stroke=0, fill=1)
    canvas.setFillGray(0)
    for left, wide, heading in zip(lefts, widths, sheet.headings, strict=True):
        write(canvas, left + wide / 2, top + 6, fitted(heading.label, wide - 4, SIZE), SIZE, "centre")
    bottom = top - pitch * len(rows)
    for number, row in enumerate(rows):
        base = top - pitch * (number + 1) + (pitch - SIZE) / 2 + 1.5
        for left, wide, value in zip(lefts, widths, row.cells, strict=True):
            _cell(canvas, left, wide, base, value, row.strong)
    canvas.grid([*lefts, lefts[-1] + widths[-1]], [top + ROW + 4, *(top - pitch * n for n in range(len(rows) + 1))])
    canvas.setLineWidth(1)
    canvas.rect(MARGIN, bottom, sum(widths), top + ROW + 4 - bottom)


def _cell(canvas: Any, left: float, wide: float, base: float, value: Cell, strong: bool) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int):
        shown = fitted(yuan(value) if value else "", wide - 4, SIZE)
        write(canvas, left + wide - 2, base, shown, SIZE, "right", bold=strong)
    elif isinstance(value, Decimal):
        write(canvas, left + wide - 2, base, fitted(f"{value.normalize():f}", wide - 4, SIZE), SIZE, "right", bold=strong)
    else:
        write(canvas, left + 2, base, fitted(value, wide - 4, SIZE), SIZE, bold=strong)
