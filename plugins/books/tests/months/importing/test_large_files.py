"""A large Excel file: one bad row in it is named, and all of it comes in time (LEDG-3).

``ZHANGFANG_IMPORT_ROWS=100000`` makes it as large; without it a small one is tried.
"""

import io
import os
import random
import time

import pytest
from openpyxl import Workbook

from months.importing.bringing import brought
from zhangfang_core.database.engine import connection
from zhangfang_core.testing.tenants import TestFirm, acting

ROWS = int(os.environ.get("ZHANGFANG_IMPORT_ROWS", "2000"))
LINES = 5
"""Of each voucher: 100,000 rows are 20,000 vouchers."""
LONGEST_S = 20
SEED = 17
HEADINGS = ("日期", "凭证字", "凭证号", "摘要", "科目代码", "借方", "贷方")
BAD = {
    "an amount that is none": (5, "十二元", "借方"),
    "an account that is not there": (4, "9999", "科目代码"),
    "a day that is none": (0, "2025-02-30", "日期"),
}


def row(number: int) -> list[object]:
    """The ``number``-th from 0: each voucher's last line balances the ones before."""
    voucher, line = divmod(number, LINES)
    month = 1 + voucher * 12 // (ROWS // LINES + 1)
    amount = 10 + voucher % 90
    last = line == LINES - 1
    sides = ("", amount * (LINES - 1)) if last else (amount, "")
    return [f"2025-{month:02d}-05", "记", voucher + 1, f"第{voucher + 1}笔", "5001" if last else "1002", *sides]


def excel(changed: dict[int, tuple[int, object]]) -> bytes:
    """``changed``: row from 0 → (column from 0, what stands there)."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("凭证")
    sheet.append(HEADINGS)
    for number in range(ROWS):
        cells = row(number)
        if number in changed:
            column, value = changed[number]
            cells[column] = value
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize("kind", BAD)
async def test_one_bad_row_is_named_and_nothing_written(firm: TestFirm, kind: str) -> None:
    column, value, heading = BAD[kind]
    place = random.Random(f"{SEED} {kind}").randrange(ROWS // LINES) * LINES  # noqa: S311  # a place of a test
    outcome = await brought(firm, firm.restaurant, excel({place: (column, value)}))
    assert outcome.brought == 0
    assert any(fault.row == place + 2 and heading in fault.column for fault in outcome.faults), outcome.faults[:3]
    assert {fault.row for fault in outcome.faults} <= set(range(place + 2, place + 2 + LINES)), "another row is blamed"
    async with acting(firm, "owner"):
        assert await connection().fetchval("select count(*) from core_voucher") == 0


async def test_all_of_it_comes_in_time(firm: TestFirm) -> None:
    content = excel({})
    began = time.perf_counter()
    outcome = await brought(firm, firm.restaurant, content)
    took = time.perf_counter() - began
    assert (outcome.faults, outcome.brought) == ([], ROWS // LINES)
    assert took <= LONGEST_S, f"{ROWS // LINES} vouchers took {took:.1f} s"
