"""Draws invoices as PDF with a text layer: the ruled form of tax-control devices and the open form of 数电票.

Pages are 610 x 394 points as those of issuing systems. Each says that it is a specimen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from zhangfang_capture_ocr.specimens.values import SpecimenInvoice, SpecimenLine, money

_FONT: Final = "STSong-Light"
_WIDTH: Final = 610.0
_HEIGHT: Final = 394.0
_SIZE: Final = 9.0
_PITCH: Final = 12.0
_NOTICE: Final = "演示样张，不是真实发票"


@dataclass(frozen=True, slots=True)
class _Column:
    field: str
    words: str
    left: float
    right: float
    figures: bool = False


_RULED: Final = (
    _Column("name", "货物或应税劳务、服务名称", 22, 176),
    _Column("specification", "规格型号", 176, 219),
    _Column("unit", "单位", 219, 254),
    _Column("quantity", "数 量", 254, 320, True),
    _Column("unit_price", "单 价", 320, 391, True),
    _Column("amount", "金 额", 391, 480, True),
    _Column("rate", "税率", 480, 504),
    _Column("tax", "税 额", 504, 592, True),
)
_OPEN: Final = (
    _Column("name", "项目名称", 22, 136),
    _Column("specification", "规格型号", 140, 198),
    _Column("unit", "单 位", 202, 236),
    _Column("quantity", "数 量", 240, 300, True),
    _Column("unit_price", "单 价", 304, 372, True),
    _Column("amount", "金 额", 376, 456, True),
    _Column("rate", "税率/征收率", 460, 516),
    _Column("tax", "税 额", 520, 588, True),
)


def draw(invoice: SpecimenInvoice, rows_per_page: int = 7) -> bytes:
    """One PDF with one invoice, on as many pages as its lines need (each holds `rows_per_page` rows of text)."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(_WIDTH, _HEIGHT), invariant=1)
    columns = _OPEN if invoice.kind.is_digital else _RULED
    pages = _paged(invoice.lines, columns[0], rows_per_page)
    for number, lines in enumerate(pages, start=1):
        canvas.setFont(_FONT, _SIZE)
        if invoice.kind.is_digital:
            _open_form(canvas, invoice, number, len(pages))
        else:
            _ruled_form(canvas, invoice)
        _table(canvas, columns, lines)
        _page_sums(canvas, columns, invoice, lines, number == len(pages))
        canvas.setFont(_FONT, 6)
        canvas.drawCentredString(_WIDTH / 2, 12, _NOTICE)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def attach(pdf: bytes, name: str, data: bytes) -> bytes:
    """The PDF with a file embedded in it, as issuers embed the XML of an invoice."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        document.new_attachment(name).set_data(data)
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()
    finally:
        document.close()


def _wrapped(text: str, width: float) -> list[str]:
    rows = [""]
    for char in text:
        if rows[-1] and pdfmetrics.stringWidth(rows[-1] + char, _FONT, _SIZE) > width:
            rows.append("")
        rows[-1] += char
    return rows


def _paged(lines: Sequence[SpecimenLine], name: _Column, rows: int) -> list[list[SpecimenLine]]:
    pages: list[list[SpecimenLine]] = [[]]
    used = 0
    for line in lines:
        height = len(_wrapped(line.name, name.right - name.left - 6))
        if pages[-1] and used + height > rows:
            pages.append([])
            used = 0
        pages[-1].append(line)
        used += height
    return pages


def _table(canvas: Canvas, columns: Sequence[_Column], lines: Sequence[SpecimenLine]) -> None:
    for column in columns:
        middle = (column.left + column.right) / 2
        canvas.drawCentredString(middle, 239, column.words)
    y = 226.0
    for line in lines:
        rows = 1
        for column in columns:
            text = _cell(line, column.field)
            if column.figures:
                canvas.drawRightString(column.right - 2, y, text)
            elif column.field in ("rate", "unit"):
                canvas.drawCentredString((column.left + column.right) / 2, y, text)
            else:
                parts = _wrapped(text, column.right - column.left - 6)
                rows = max(rows, len(parts))
                for number, part in enumerate(parts):
                    canvas.drawString(column.left + 3, y - number * _PITCH, part)
        y -= rows * _PITCH


def _cell(line: SpecimenLine, field: str) -> str:
    if field == "amount":
        return money(line.amount)
    if field == "tax":
        return "***" if line.tax is None else money(line.tax)
    return str(getattr(line, field))


def _page_sums(
    canvas: Canvas,
    columns: Sequence[_Column],
    invoice: SpecimenInvoice,
    lines: Sequence[SpecimenLine],
    last: bool,
) -> None:
    amount, tax = next(each for each in columns if each.field == "amount"), columns[-1]
    digital = invoice.kind.is_digital
    if digital and len(lines) < len(invoice.lines):
        y = 141.0 if last else 129.0
        canvas.drawString(61, y, "小 计")
        canvas.drawRightString(amount.right - 2, y, f"¥{money(sum(line.amount for line in lines))}")
        canvas.drawRightString(tax.right - 2, y, f"¥{money(sum(line.tax or 0 for line in lines))}")
    if not last:
        return
    canvas.drawString(61, 129, "合 计" if digital else "合         计")
    canvas.drawRightString(amount.right - 2, 129, f"¥{money(invoice.amount)}")
    untaxed = all(line.tax is None for line in invoice.lines)
    canvas.drawRightString(tax.right - 2, 129, "***" if untaxed else f"¥{money(invoice.tax)}")
    canvas.drawString(61, 110, "价税合计（大写）")
    canvas.drawString(186, 110, f"⊗{invoice.total_in_words}")
    canvas.drawString(430, 110, "（小写）")
    canvas.drawString(474, 110, f"¥{money(invoice.total)}")


def _down(canvas: Canvas, x: float, y: float, words: str, pitch: float) -> None:
    for number, char in enumerate(words):
        canvas.drawString(x, y - number * pitch, char)


def _title(canvas: Canvas, words: str) -> None:
    canvas.setFont(_FONT, 20)
    canvas.drawCentredString(_WIDTH / 2, 352, words)
    canvas.setFont(_FONT, _SIZE)


def _issued(invoice: SpecimenInvoice) -> str:
    return f"{invoice.issued_on.year}年{invoice.issued_on.month:02d}月{invoice.issued_on.day:02d}日"


def _ruled_form(canvas: Canvas, invoice: SpecimenInvoice) -> None:
    canvas.rect(22, 45, 570, 265)
    for y in (101.0, 125.0, 250.0):
        canvas.line(22, y, 592, y)
    for x in (42.0, 349.0, 363.0):
        canvas.line(x, 45, x, 101)
        canvas.line(x, 250, x, 310)
    for column in _RULED[:-1]:
        canvas.line(column.right, 101 if column.field == "name" else 125, column.right, 250)
    _title(canvas, f"样本{invoice.kind.printed_title}")
    for y, label, value in (
        (374.0, "发票代码:", invoice.code),
        (359.0, "发票号码:", invoice.number),
        (344.0, "开票日期:", _issued(invoice)),
        (329.0, "校 验 码:", " ".join(invoice.check_code[at : at + 5] for at in range(0, 20, 5)).strip()),
    ):
        canvas.drawString(435, y, label)
        canvas.drawString(477, y, value)
    _down(canvas, 27, 293, "购买方", 16)
    _down(canvas, 27, 84, "销售方", 16)
    _down(canvas, 351, 293, "密码区", 16)
    _down(canvas, 351, 84, "备注", 28)
    for number, row in enumerate(("03<-<*664+8>070><83*9/5+0>35", "5/8-31*6/71/3<<>622-4082261")):
        canvas.drawString(370, 296 - number * 14, row)
    for top, name, tax_id in (
        (298.0, invoice.buyer_name, invoice.buyer_tax_id),
        (90.0, invoice.seller_name, invoice.seller_tax_id),
    ):
        for number, (label, value) in enumerate(
            (("名         称:", name), ("纳税人识别号:", tax_id), ("地 址、电 话:", ""), ("开户行及账号:", ""))
        ):
            canvas.drawString(48, top - number * 14, label)
            width = pdfmetrics.stringWidth(value, _FONT, _SIZE)
            canvas.setFont(_FONT, _SIZE * min(1.0, 236 / max(width, 1.0)))
            canvas.drawString(108, top - number * 14, value)
            canvas.setFont(_FONT, _SIZE)
    for number, row in enumerate(invoice.remarks.split("\n")):
        canvas.drawString(370, 90 - number * _PITCH, row)
    canvas.drawString(33, 30, "收款人:")
    canvas.drawString(192, 30, "复核:")
    canvas.drawString(314, 30, f"开票人: {invoice.drawer}")
    canvas.drawString(436, 30, "销售方:(章)")


def _open_form(canvas: Canvas, invoice: SpecimenInvoice, page: int, pages: int) -> None:
    canvas.rect(16, 45, 578, 265)
    for y in (101.0, 125.0, 250.0):
        canvas.line(16, y, 594, y)
    for x in (32.0, 305.0, 321.0):
        canvas.line(x, 250, x, 310)
    canvas.line(32, 45, 32, 101)
    _title(canvas, invoice.kind.printed_title)
    canvas.drawString(435, 370, f"发票号码：{invoice.number}")
    canvas.drawString(435, 354, f"开票日期：{_issued(invoice)}")
    if pages > 1:
        canvas.drawString(435, 338, f"共{pages}页 第{page}页")
    _down(canvas, 20, 299, "购买方信息", 11)
    _down(canvas, 309, 299, "销售方信息", 11)
    _down(canvas, 20, 84, "备注", 24)
    for left, name, tax_id in (
        (36.0, invoice.buyer_name, invoice.buyer_tax_id),
        (325.0, invoice.seller_name, invoice.seller_tax_id),
    ):
        canvas.drawString(left, 292, "名称：")
        rows = _wrapped(name, 240)
        for number, row in enumerate(rows):
            canvas.drawString(left + 27, 292 - number * 10, row)
        canvas.drawString(left, 264, f"统一社会信用代码/纳税人识别号：{tax_id}")
    for number, row in enumerate(invoice.remarks.split("\n")):
        canvas.drawString(38, 88 - number * _PITCH, row)
    canvas.drawString(40, 30, f"开票人：{invoice.drawer}")
