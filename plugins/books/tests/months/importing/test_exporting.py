"""What goes out can be read, whatever stands in the books (LEDG-3)."""

import datetime as dt
import io
from xml.etree import ElementTree

import openpyxl

from zhangfang_books.importing.exporting import HEADINGS, voucher_excel
from zhangfang_books.importing.gbt24589_writing import gbt24589_xml
from zhangfang_sdk.excel import excel
from zhangfang_sdk.ledger import Account, Line, Voucher, VoucherKind, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.sheets import Heading, Row, Sheet

LINES = (Line("1002001", "钟\x07声\uffff", debit=100, counterparty="甲\x1b公司"), Line("5001", "=1+1", credit=100))
VOUCHER = Voucher(
    1, 1, Period(2026, 3), dt.date(2026, 3, 1), "记", 1, "钟声", VoucherKind.NORMAL, VoucherState.POSTED, LINES, 100
)
ACCOUNTS = [
    Account("1002", "银行存款", "银行存款", None, "asset", "debit", False),
    Account("1002001", "工行", "银行存款-工行", "1002", "asset", "debit", True),
    Account("5001", "收入\x07", "收入\x07", None, "profit_and_loss", "credit", True),
]


def written() -> ElementTree.Element:
    return ElementTree.fromstring(gbt24589_xml([VOUCHER], ACCOUNTS))  # noqa: S314 - our own


def test_signs_that_no_file_holds_are_left_out() -> None:
    """Text that was posted before they were kept out."""
    for program in HEADINGS:
        book = openpyxl.load_workbook(io.BytesIO(voucher_excel(program, [VOUCHER], {a.code: a.full_name for a in ACCOUNTS})))
        cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
        assert {"钟声", "甲公司", "=1+1"} <= {cell.value for cell in cells}
        assert "f" not in {cell.data_type for cell in cells}
    root = written()
    assert [e.findtext("记账凭证摘要") for e in root.iter("记账凭证")] == ["钟声", "=1+1"]


def test_a_level_is_that_of_the_chart_however_long_codes_are() -> None:
    root = written()
    assert [e.findtext("科目级次") for e in root.iter("会计科目")] == ["1", "2", "1"]


def test_no_text_of_a_sheet_becomes_a_formula() -> None:
    """Its title neither: an account may be called what one likes."""
    sheet = Sheet("=1+1账龄表", "=2+2", "=3+3", [Heading("摘要")], [Row(("=4+4\x07",))])
    page = openpyxl.load_workbook(io.BytesIO(excel([sheet]))).worksheets[0]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert page["A5"].value == "=4+4"
