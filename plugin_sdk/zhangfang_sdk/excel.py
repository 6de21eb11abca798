"""Sheets as an .xlsx file: real numbers in number cells, frozen head, set up for A4."""

import io
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from zhangfang_sdk.sheets import Cell, Sheet
from zhangfang_sdk.texts import seen

AMOUNT_FORMAT = '#,##0.00;[Red]-#,##0.00;""'
QUANTITY_FORMAT = "#,##0.######"
MOST_ROWS = 100_000
_LINE = Side(style="thin", color="808080")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = 4
_FORMULA_STARTS = ("=", "+", "-", "@")


def excel(sheets: Sequence[Sheet]) -> bytes:
    """One workbook with a tab for each sheet."""
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for sheet in sheets:
        _write(book.create_sheet(_tab(sheet.title, book.sheetnames)), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(page: Worksheet, sheet: Sheet) -> None:
    count = len(sheet.headings)
    about = (sheet.title, f"编制单位:{sheet.organisation}", f"{sheet.time}    单位:元    {sheet.form}".rstrip())
    for number, text in enumerate(about, 1):
        _fill(page.cell(number, 1), text)
    page["A1"].font, page["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    for line in (1, 2, 3):
        page.merge_cells(start_row=line, start_column=1, end_row=line, end_column=count)
    for place, heading in enumerate(sheet.headings, 1):
        cell = page.cell(_HEAD, place, seen(heading.label))
        cell.font, cell.border = Font(bold=True), _BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(place)].width = heading.width * 1.7
    for number, row in enumerate(sheet.rows, _HEAD + 1):
        for place, value in enumerate(row.cells, 1):
            filled = page.cell(number, place)
            filled.border = _BOX
            _fill(filled, value)
            if row.strong:
                filled.font = Font(bold=True)
    page.freeze_panes = f"B{_HEAD + 1}"
    page.print_title_rows = f"1:{_HEAD}"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.HeaderFooter.oddFooter = HeaderFooterItem(
        left=HeaderFooterPart(f"制表:{seen(sheet.prepared_by)}"), center=HeaderFooterPart("第 &P 页 共 &N 页")
    )


def _fill(cell: ExcelCell | MergedCell, value: Cell) -> None:
    if isinstance(value, int):
        cell.value = Decimal(value) / 100
        cell.number_format = AMOUNT_FORMAT
    elif isinstance(value, Decimal):
        cell.value = value
        cell.number_format = QUANTITY_FORMAT
    elif value:
        cell.value = value = seen(value)
        if value.startswith(_FORMULA_STARTS):
            # Text of vouchers is written by others: it must never become a formula.
            cell.data_type = "s"
            cell.quotePrefix = True


def _tab(title: str, taken: Sequence[str]) -> str:
    name = "".join("_" if c in "[]:*?/\\" else c for c in seen(title))[:28] or "表"
    return name if name not in taken else f"{name}{len(taken)}"
